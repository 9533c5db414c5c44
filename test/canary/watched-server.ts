import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { StandaloneServer, temporaryFolder } from '@test/support/servers/standalone-process.js';
import type { HeapSnapshot } from './heap-snapshot.js';
import { WatchedHeap } from './watched-heap.js';

export interface WatchOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Of a server that leaks or fails on purpose. */
  readonly distDir?: string;
}

/** Its last words are the third command to paste, or the way to another backend key. */
const GREETING = /^[^]*(?:"api_key_token":"'\$API_KEY'"\}'|--environment test)\n/;
const BACKEND_KEY = /Backend key:\s+([0-9a-f]{128})\s/;

/** The built server with all that it may write to in one folder, and a view of its heap. */
export class WatchedServer {
  readonly #folder = temporaryFolder();
  readonly server: StandaloneServer;
  readonly #heap: WatchedHeap;

  constructor({ env = {}, distDir }: WatchOptions = {}) {
    for (const name of ['data', 'temporary', 'watch', 'home']) mkdirSync(join(this.#folder, name));
    this.#heap = new WatchedHeap(join(this.#folder, 'watch'));
    this.server = new StandaloneServer({
      dataDir: join(this.#folder, 'data'),
      distDir,
      env: {
        TMPDIR: join(this.#folder, 'temporary'),
        HOME: join(this.#folder, 'home'),
        ...this.#heap.variables,
        ...env,
      },
    });
  }

  get pid(): number {
    return this.#heap.pid;
  }

  /** Resolves with what a person reads at the start, and with the backend key in it; later starts show none. */
  async start(): Promise<{ readonly greeting: string; readonly backendKey: string }> {
    await this.server.start();
    this.#heap.beginAnew();
    const [greeting] = await this.server.waitForStdout(GREETING);
    return { greeting, backendKey: BACKEND_KEY.exec(greeting)?.[1] ?? '' };
  }

  heap(): Promise<HeapSnapshot> {
    return this.#heap.take();
  }

  /** Every file that the server keeps or made for a moment, as raw bytes; `-wal` and `-shm` are among them while it runs. */
  files(): readonly (readonly [name: string, bytes: Buffer])[] {
    return ['data', 'temporary', 'home'].flatMap((folder) =>
      readdirSync(join(this.#folder, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name))] as const),
    );
  }

  get secretsFile(): string {
    return readFileSync(join(this.#folder, 'data', 'secrets.json'), 'utf8');
  }

  async remove(): Promise<void> {
    await this.server.remove();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
