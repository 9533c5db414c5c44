import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Redis } from 'ioredis';
import { Edge, type ServerName, type ServiceReplica, SERVICES, type Stack, startStack } from '@tools/stack';
import { StackServer } from '@test/support/servers/stack-server.js';
import { temporaryFolder } from '@test/support/servers/standalone-process.js';
import { SUITE_SETTINGS } from '@test/support/servers/tested-server.js';
import type { HeapSnapshot } from './heap-snapshot.js';
import { TappedWire } from './tapped-wire.js';
import { WatchedHeap } from './watched-heap.js';

export interface WatchedStackOptions {
  readonly logLevel: string;
  readonly distDir: string;
  /** Calls a minute of one backend key at `limitedPort`; nowhere else are they limited. */
  readonly limitedTo: number;
}

const portOf = (edge: Edge | null): number => Number(new URL(edge?.origin ?? '').port);
const NO_PROCESSES = { keys: 0, directory: 0, validation: 0, gateway: 0 };
/** The services' own users may not look around in Redis. */
const REDIS_VIEWER = 'user canary on nopass ~* &* +@all\n';

/** Four services and their servers with all that they write in one folder, every byte between them and their servers kept, and a view of every heap. */
export class WatchedStack {
  readonly #folder = temporaryFolder();
  readonly #options: WatchedStackOptions;
  readonly #heaps = new Map<string, WatchedHeap>();
  readonly #wires = new Map<ServerName, { readonly wire: TappedWire; readonly url: string }>();
  #stack: Stack | null = null;
  #server: StackServer | null = null;
  #edge: Edge | null = null;
  #limited: Edge | null = null;

  constructor(options: WatchedStackOptions) {
    this.#options = options;
  }

  get server(): StackServer {
    if (this.#server === null) throw new Error('The stack has not been started.');
    return this.#server;
  }
  get stack(): Stack {
    return this.server.stack;
  }
  /** Of the API, through processes that limit no caller. */
  get port(): number {
    return portOf(this.#edge);
  }
  /** Where a gateway listens that limits the platform's calls. */
  get limitedPort(): number {
    return portOf(this.#limited);
  }
  get processes(): readonly ServiceReplica[] {
    return this.stack.replicas;
  }

  async start(): Promise<void> {
    const stack = await startStack({
      dataDir: join(this.#folder, 'data'),
      distDir: this.#options.distDir,
      replicas: NO_PROCESSES,
      addressOf: ({ server, url }) => this.#tapped(server, url),
    });
    this.#stack = stack;
    appendFileSync(stack.files.redisAclFile, REDIS_VIEWER);
    await stack.servers.redis.restart();
    const replicas: ServiceReplica[] = [];
    for (const service of SERVICES) replicas.push(await stack.addReplica(service, this.#variables(`${service}-1`)));
    for (const replica of replicas) replica.launch();
    await Promise.all(replicas.map((replica) => replica.ready()));
    this.#server = await StackServer.of(stack);
    const originsOf = (service: string): readonly string[] => replicas.flatMap((replica) => (replica.service === service ? [replica.origin ?? ''] : []));
    this.#edge = new Edge({ gateway: () => originsOf('gateway'), validation: () => originsOf('validation') });
    await this.#edge.listen(0);
  }

  /** A second gateway, for what is refused when a backend key has called too often. */
  async startLimited(): Promise<void> {
    const gateway = await this.stack.addReplica('gateway', { ...this.#variables('gateway-2'), PLATFORM_LIMIT_PER_MINUTE: String(this.#options.limitedTo) });
    await gateway.start();
    this.#limited = new Edge({ gateway: () => [gateway.origin ?? ''], validation: () => [] });
    await this.#limited.listen(0);
  }

  async heapOf(name: string): Promise<HeapSnapshot> {
    const heap = this.#heaps.get(name);
    if (heap === undefined) throw new Error(`There is no process ${name}.`);
    return heap.take();
  }

  /** Redis keeps nothing on disk by itself: here it is told to, as it is and not compressed. */
  async dumpRedis(): Promise<void> {
    const redis = new Redis(this.stack.servers.redis.port, '127.0.0.1', { username: 'canary', password: 'any' });
    await redis.config('SET', 'rdbcompression', 'no');
    await redis.save();
    await redis.quit();
  }

  /** Every file of the servers, of the services and of the deployment, as raw bytes, named by its path. */
  files(): readonly (readonly [name: string, bytes: Buffer])[] {
    return readdirSync(this.#folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .flatMap((entry) => {
        const path = join(entry.parentPath, entry.name);
        try {
          return [[relative(this.#folder, path), readFileSync(path)] as const];
        } catch {
          // A server may have removed it meanwhile, such as a part of its own log.
          return [];
        }
      });
  }

  /** What was said on each line to a server. */
  wires(): readonly (readonly [server: ServerName, bytes: Buffer])[] {
    return [...this.#wires].flatMap(([server, { wire }]) => wire.heard().map((bytes) => [server, bytes] as const));
  }

  async end(): Promise<void> {
    await Promise.all([this.#edge?.close(0), this.#limited?.close(0)]);
    await this.#stack?.stop();
    for (const { wire } of this.#wires.values()) wire.close();
  }

  async remove(): Promise<void> {
    await this.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #tapped(server: ServerName, url: string): Promise<string> {
    const known = this.#wires.get(server) ?? (await TappedWire.to(url));
    this.#wires.set(server, known);
    return known.url;
  }

  #variables(name: string): Readonly<Record<string, string>> {
    const [watch, temporary, home] = ['watch', 'temporary', 'home'].map((folder) => join(this.#folder, name, folder));
    for (const folder of [watch, temporary, home]) mkdirSync(folder ?? '', { recursive: true });
    const heap = new WatchedHeap(watch ?? '');
    this.#heaps.set(name, heap);
    return { ...SUITE_SETTINGS, LOG_LEVEL: this.#options.logLevel, TMPDIR: temporary ?? '', HOME: home ?? '', ...heap.variables };
  }
}
