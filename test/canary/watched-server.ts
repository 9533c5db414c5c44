import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StandaloneServer, temporaryFolder } from '../e2e/standalone-process.js';
import { HeapSnapshot } from './heap-snapshot.js';

/** A change of one built module, for a server that leaks on purpose. */
export interface Patch {
  /** How the module's path ends. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface WatchOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly patches?: readonly Patch[];
}

const PRELOAD = pathToFileURL(join(import.meta.dirname, 'server-preload.mjs')).href;
/** Its last words are the third command to paste, or the way to another backend key. */
const GREETING = /^[^]*(?:"api_key_token":"'\$API_KEY'"\}'|--environment test)\n/;
const BACKEND_KEY = /Backend key:\s+([0-9a-f]{128})\s/;
const SNAPSHOT_DEADLINE_MS = 30_000;
const POLL_MS = 20;

const until = async (condition: () => boolean, what: string): Promise<void> => {
  const deadline = performance.now() + SNAPSHOT_DEADLINE_MS;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`${what} took too long.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
};

/** The built server, unchanged (or patched), with all that it may write to in one folder, and a view of its heap. */
export class WatchedServer {
  readonly #folder = temporaryFolder();
  readonly server: StandaloneServer;
  #snapshots = 0;

  constructor({ env = {}, patches = [] }: WatchOptions = {}) {
    for (const name of ['data', 'temporary', 'watch', 'home']) mkdirSync(join(this.#folder, name));
    this.server = new StandaloneServer({
      dataDir: join(this.#folder, 'data'),
      env: {
        TMPDIR: join(this.#folder, 'temporary'), HOME: join(this.#folder, 'home'),
        CANARY_WATCH: this.#watch, CANARY_PATCHES: JSON.stringify(patches), NODE_OPTIONS: `--import=${PRELOAD}`,
        ...env,
      },
    });
  }

  get #watch(): string { return join(this.#folder, 'watch'); }
  get pid(): number { return Number(readFileSync(join(this.#watch, 'pid'), 'utf8')); }

  /** Resolves with what a person reads at the start, and with the backend key in it; later starts show none. */
  async start(): Promise<{ readonly greeting: string; readonly backendKey: string }> {
    await this.server.start();
    this.#snapshots = 0;
    const [greeting] = await this.server.waitForStdout(GREETING);
    return { greeting, backendKey: BACKEND_KEY.exec(greeting)?.[1] ?? '' };
  }

  async heap(): Promise<HeapSnapshot> {
    this.#snapshots += 1;
    const file = join(this.#watch, `${String(this.#snapshots)}.heapsnapshot`);
    process.kill(this.pid, 'SIGUSR2');
    await until(() => existsSync(file), 'The heap snapshot');
    const snapshot = new HeapSnapshot(readFileSync(file));
    rmSync(file);
    return snapshot;
  }

  /** Every file that the server keeps or made for a moment, as raw bytes; `-wal` and `-shm` are among them while it runs. */
  files(): readonly (readonly [name: string, bytes: Buffer])[] {
    return ['data', 'temporary', 'home'].flatMap((folder) =>
      readdirSync(join(this.#folder, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name))] as const));
  }

  get secretsFile(): string {
    return readFileSync(join(this.#folder, 'data', 'secrets.json'), 'utf8');
  }

  async remove(): Promise<void> {
    await this.server.remove();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
