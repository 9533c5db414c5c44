import type { DecodedCommit } from '@app/log';
import { BackendApi, KEYS, V1 } from '@test/support/clients/backend-api.js';
import { StandaloneServer } from '@test/support/servers/standalone-process.js';
import { CommandBursts } from './command-bursts.js';
import { type FilledUser, fillLog } from './filled-log.js';
import { keysEndedBy, LogReader } from './log-reader.js';
import { canReadMemory, memoryOfServerOn } from './server-memory.js';
import { ValidationLoop } from './validation-loop.js';

const DEADLINE_MS = 300_000;
/** Room for what the server holds anyway and for a few chunks, not for a hundred thousand keys: with those it would die. */
const HEAP_MB = 128;
const POLL_MS = 100;

export const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  for (const endsAt = Date.now() + DEADLINE_MS; Date.now() < endsAt;) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`Waited without success: ${what}.`);
};

/** What other users do while a cascade runs in one life of the server, and what it costs. */
export interface Beside {
  readonly bursts: readonly (readonly string[])[];
  readonly validations: readonly number[];
  /** How far the process grew beyond what it had when the load began; null if that is unknown. */
  readonly grownBytes: number | null;
}

/** A server whose log holds one user with very many keys, and others with a few. */
export class BlockedUserScene {
  readonly #server: StandaloneServer;
  readonly #others: readonly FilledUser[];
  readonly many: FilledUser;
  readonly log: LogReader;

  private constructor(server: StandaloneServer, many: FilledUser, others: readonly FilledUser[], log: LogReader) {
    this.#server = server;
    this.many = many;
    this.#others = others;
    this.log = log;
  }

  /** `keys` of one user; a sample of their tokens is known. */
  static async open(keys: number): Promise<BlockedUserScene> {
    // The longest lease: on a busy machine a short one runs out now and then, and the barrier would not be what ends the wait.
    const server = await StandaloneServer.started({ env: { FENCE_LEASE_MS: '60000', NODE_OPTIONS: `--max-old-space-size=${String(HEAP_MB)}` } });
    await server.end('SIGTERM');
    const { groups, head } = await fillLog(server.dataDir, [
      { name: 'others', users: 20, keysPerUser: 5, tokensPerUser: 5 },
      { name: 'many', users: 1, keysPerUser: keys, tokensPerUser: 50 },
    ]);
    const [many] = groups['many'] ?? [];
    if (many === undefined) throw new Error('The log was filled without the user.');
    await server.start();
    return new BlockedUserScene(server, many, groups['others'] ?? [], LogReader.open(server.dataDir, head));
  }

  async close(): Promise<void> {
    await this.log.close();
    await this.#server.remove();
  }

  get #api(): BackendApi {
    return BackendApi.of(this.#server);
  }

  /** Resolves to the commits that the log held when the answer came, and how many barriers there were meanwhile. */
  async block(): Promise<{ readonly commits: readonly DecodedCommit[]; readonly barriers: number }> {
    const before = await this.#barriers();
    await this.#api.done('POST', `${V1}/user/${this.many.userId}/disable`);
    const commits = [...(await this.log.commits())];
    return { commits, barriers: (await this.#barriers()) - before };
  }

  /** What each sampled key of the user is answered. */
  validateSample(): Promise<readonly number[]> {
    return Promise.all(this.many.tokens.map(async (token) => (await this.#api.validate(token)).status));
  }

  /** Other users issue and validate keys until `enough`; then the server is killed, or asked to go on alone. */
  async loadUntil(enough: () => Promise<boolean>, end: 'kill' | 'go on'): Promise<Beside> {
    const before = this.#memory();
    const bursts = new CommandBursts(this.#server, this.#others[0]?.userId ?? '');
    const validations = new ValidationLoop(
      this.#api,
      this.#others.flatMap(({ tokens }) => tokens),
    );
    try {
      await until('the cascade', enough);
    } finally {
      await validations.stop();
    }
    const after = this.#memory();
    if (end === 'kill') await this.#server.end('SIGKILL');
    else await bursts.stop();
    await bursts.ended();
    const grownBytes = before === null || after === null ? null : after.peakBytes - before.nowBytes;
    return { bursts: bursts.answered, validations: validations.statuses, grownBytes };
  }

  restart(): Promise<void> {
    return this.#server.start();
  }

  /** How many keys that came to an end the log names so far, repetitions counted. */
  async endedSoFar(): Promise<number> {
    return (await this.log.commits()).reduce((sum, commit) => sum + keysEndedBy(commit).length, 0);
  }

  /** How many keys of the user the list says there are. */
  async listed(list: 'current' | 'archived'): Promise<unknown> {
    const query = `user_id=${this.many.userId}&page_size=10`;
    const answer = await this.#api.call('GET', `${KEYS}${list === 'archived' ? '/archived' : ''}?${query}`);
    return answer.status === 200 ? (JSON.parse(answer.text) as { readonly total_api_keys: number }).total_api_keys : answer.status;
  }

  /** Those that changes have waited for since the server's start. */
  async #barriers(): Promise<number> {
    const metrics = await (await fetch(`${this.#server.adminOrigin}/metrics`)).text();
    return Number(/^keyfence_barrier_ms_count(?:\{.*\})? (\d+)$/m.exec(metrics)?.[1] ?? Number.NaN);
  }

  #memory(): ReturnType<typeof memoryOfServerOn> | null {
    return canReadMemory ? memoryOfServerOn(this.#server.dataDir) : null;
  }
}
