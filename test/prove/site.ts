import { appendFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { type ServiceName, type ServiceReplica, type Stack, startStack } from '@tools/stack';
import type { SeededRandom } from '@test/support/random/seeded-random.js';
import { Edges } from './edges.js';
import type { Load } from './load.js';
import type { Violations } from './violations.js';

/** What a fault needs for itself: one replica of a service, a server, or all of it. Two faults that need the same do not run together. */
export type Claim = ServiceName | 'nats' | 'mongo' | 'redis' | 'everything';

export interface SiteOptions {
  readonly leaseMs: number;
  readonly distDir: string | undefined;
  readonly random: SeededRandom;
  readonly violations: Violations;
  readonly say: (text: string) => void;
}

const REPLICAS = { keys: 2, directory: 2, validation: 2, gateway: 2 } as const;
const REDIS_ADMIN = 'prover';
/** Two nodes that start in a loop and the work of all others may share one processor. */
const READY_MS = 90_000;

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** The system under test with a proxy on every line, and the hands that break and repair it. */
export class Site {
  readonly stack: Stack;
  readonly edges: Edges;
  readonly redis: Redis;
  readonly backendKey: string;
  /** Of the environment. */
  readonly authUrl: string;
  readonly options: SiteOptions;
  /** A third validation process, started and ended by faults alone. */
  readonly spare: ServiceReplica;
  kills = 0;
  readonly #claimed = new Set<string>();
  readonly #meantToBeDown = new Set<ServiceReplica>();
  #load: Load | null = null;

  private constructor(
    stack: Stack,
    edges: Edges,
    redis: Redis,
    { backendKey, authUrl }: { readonly backendKey: string; readonly authUrl: string },
    spare: ServiceReplica,
    options: SiteOptions,
  ) {
    this.stack = stack;
    this.edges = edges;
    this.redis = redis;
    this.backendKey = backendKey;
    this.authUrl = authUrl;
    this.spare = spare;
    this.options = options;
  }

  static async opened(options: SiteOptions): Promise<Site> {
    const edges = new Edges();
    const { distDir, leaseMs } = options;
    const env = { FENCE_LEASE_MS: String(leaseMs), LOG_LEVEL: 'warn', PLATFORM_LIMIT_PER_MINUTE: '100000000' };
    const stack = await startStack({ replicas: REPLICAS, env, addressOf: edges.addressOf, ...(distDir === undefined ? {} : { distDir }) });
    try {
      const { backendKey, authUrl } = await stack.init();
      if (backendKey === null) throw new Error('The first start showed no backend key.');
      const changed = await stack.cli('environments', 'settings', '--set', 'invalidateOrgApiKeyUponUserRemoval=true', 'reinstateKeysOnUnblock=false');
      if (changed.code !== 0) throw new Error(changed.stderr + changed.stdout);
      return new Site(stack, edges, await adminOf(stack), { backendKey, authUrl }, await stack.addReplica('validation'), options);
    } catch (error) {
      await stack.stop();
      await edges.close();
      throw error;
    }
  }

  get load(): Load {
    if (this.#load === null) throw new Error('There is no load yet.');
    return this.#load;
  }
  set load(load: Load) {
    this.#load = load;
  }

  get random(): SeededRandom {
    return this.options.random;
  }
  get leaseMs(): number {
    return this.options.leaseMs;
  }
  /** Without the spare one. */
  get replicas(): readonly ServiceReplica[] {
    return this.stack.replicas.filter((replica) => replica !== this.spare);
  }
  get nodes(): readonly ServiceReplica[] {
    return this.replicas.filter(({ service }) => service === 'validation');
  }

  /** The replicas for these claims, in their order; null when one is taken already. `release` gives them back. */
  take(claims: readonly Claim[]): { readonly replicas: readonly ServiceReplica[]; readonly release: () => void } | null {
    if (this.#claimed.has('everything') || (claims.includes('everything') && this.#claimed.size > 0)) return null;
    const names: string[] = [];
    const replicas: ServiceReplica[] = [];
    for (const claim of claims) {
      const candidates = this.replicas.filter(({ service, name }) => service === claim && !this.#claimed.has(name) && !names.includes(name));
      const isReplica = claim in REPLICAS;
      const replica = isReplica ? this.random.pickOrNull(candidates) : null;
      if (isReplica ? replica === null : this.#claimed.has(claim)) return null;
      names.push(replica?.name ?? claim);
      if (replica !== null) replicas.push(replica);
    }
    for (const name of names) this.#claimed.add(name);
    return {
      replicas,
      release: () => {
        for (const name of names) this.#claimed.delete(name);
      },
    };
  }

  async kill(replica: ServiceReplica): Promise<void> {
    this.kills += 1;
    this.#meantToBeDown.add(replica);
    await replica.kill();
  }

  async stop(replica: ServiceReplica): Promise<void> {
    this.#meantToBeDown.add(replica);
    await replica.stop();
  }

  async bringBack(replica: ServiceReplica): Promise<void> {
    replica.resume();
    if (!replica.isRunning) {
      this.#tellOfUnexpectedEnd(replica);
      replica.launch();
    }
    await replica.ready(READY_MS);
    this.#meantToBeDown.delete(replica);
  }

  /** Whatever is down, stopped, cut or slow is so no longer. */
  async heal(): Promise<void> {
    this.edges.healAll();
    for (const server of Object.values(this.stack.servers)) server.resume();
    await Promise.all(
      this.replicas.map((replica) =>
        this.bringBack(replica).catch((error: unknown) =>
          this.options.violations.add('recovery', `${replica.name} did not become ready`, error instanceof Error ? error.message : String(error)),
        ),
      ),
    );
    if (this.spare.isRunning) await this.stop(this.spare);
  }

  async close(): Promise<void> {
    this.edges.healAll();
    for (const replica of this.stack.replicas) replica.resume();
    this.redis.disconnect();
    await this.stack.stop();
    await this.edges.close();
  }

  /** Services end themselves when their memory can no longer be trusted; none of these faults is a reason for that. */
  #tellOfUnexpectedEnd(replica: ServiceReplica): void {
    if (!this.#meantToBeDown.has(replica) && replica !== this.spare)
      this.options.violations.add('process', `${replica.name} ended by itself`, replica.lastWords);
  }
}

/** The services' users may read and write records and nothing else; faults need more. */
const adminOf = async ({ servers, files }: Stack): Promise<Redis> => {
  appendFileSync(files.redisAclFile, `user ${REDIS_ADMIN} on nopass ~* &* +@all\n`);
  await servers.redis.restart();
  const redis = new Redis(servers.redis.url, { username: REDIS_ADMIN, password: 'any', retryStrategy: () => 100, maxRetriesPerRequest: null });
  redis.on('error', () => undefined);
  return redis;
};
