import type { BackendApi } from '@test/support/clients/backend-api.js';

/** Validates the given tokens in turn, all the while, and keeps what was answered. */
export class ValidationLoop {
  readonly statuses: number[] = [];
  readonly #running: Promise<void>;
  #stopping = false;

  constructor(api: BackendApi, tokens: readonly string[]) {
    this.#running = this.#run(api, tokens);
  }

  /** After the answer that is under way. */
  stop(): Promise<void> {
    this.#stopping = true;
    return this.#running;
  }

  async #run(api: BackendApi, tokens: readonly string[]): Promise<void> {
    for (let turn = 0; !this.#stopping; turn += 1) this.statuses.push((await api.validate(tokens[turn % tokens.length] ?? '')).status);
  }
}
