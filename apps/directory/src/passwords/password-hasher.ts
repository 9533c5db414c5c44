import type { HashCaller } from './hash-gate.js';
import { HashGate } from './hash-gate.js';
import { HashThreads } from './hash-threads.js';

/** Its name in scripts/apps.mjs. */
export const HASH_THREAD = 'hash-passwords';

/** A few seconds of work: a caller that would wait longer is refused at once. */
const WAITING = 50;

/** Argon2id behind the gate and on threads of its own, so that nothing of it runs on the thread that validates or in the pool of the process. */
export class PasswordHasher {
  readonly gate: HashGate;
  readonly #threads: HashThreads;

  /** @param threadFile the built `hash-passwords` thread */
  constructor(threadFile: string, atOnce = 1) {
    this.gate = new HashGate({ atOnce, waiting: WAITING });
    this.#threads = new HashThreads(threadFile);
  }

  async hash(password: string, caller: HashCaller): Promise<string> {
    const hash = await this.gate.run(caller, () => this.#threads.run({ kind: 'hash', password }));
    if (typeof hash !== 'string') throw new TypeError('The thread returned no hash.');
    return hash;
  }

  async isHashOf(hash: string, password: string, caller: HashCaller): Promise<boolean> {
    return (await this.gate.run(caller, () => this.#threads.run({ kind: 'verify', hash, password }))) === true;
  }

  close(): Promise<void> {
    return this.#threads.close();
  }
}
