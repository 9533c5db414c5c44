import { randomBytes } from 'node:crypto';

/** For `incarnation` and nonces: they must be unguessable and unique. Injected everywhere, so that a simulation can be repeated. */
export const randomId = (): string => randomBytes(16).toString('hex');
