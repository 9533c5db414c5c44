import { randomBytes } from 'node:crypto';

/** A fresh one each run; a failure prints it, and given again it makes the same choices. */
export const SEED = process.env['CRASH_SEED'] ?? randomBytes(4).toString('hex');
