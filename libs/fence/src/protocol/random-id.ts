import { randomBytes } from 'node:crypto';

/** For `incarnation` and nonces: nobody may guess or repeat one. Injected everywhere, so that a simulation can be repeated. */
export const randomId = (): string => randomBytes(16).toString('hex');
