import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { until } from '@test/support/clock/until.js';
import { HeapSnapshot } from './heap-snapshot.js';

const PRELOAD = pathToFileURL(join(import.meta.dirname, 'server-preload.mjs')).href;

/** A snapshot is seconds of work, which a machine that does other work too makes a minute of. */
const SNAPSHOT_MS = 180_000;

/** The heap of a process that was started with `variables`. */
export class WatchedHeap {
  /** An empty folder of its own. */
  readonly #folder: string;
  #snapshots = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get variables(): Readonly<Record<string, string>> {
    return { CANARY_WATCH: this.#folder, NODE_OPTIONS: `--import=${PRELOAD}` };
  }

  get pid(): number {
    return Number(readFileSync(join(this.#folder, 'pid'), 'utf8'));
  }

  /** For the next process with these variables. */
  beginAnew(): void {
    this.#snapshots = 0;
  }

  async take(): Promise<HeapSnapshot> {
    this.#snapshots += 1;
    const file = join(this.#folder, `${String(this.#snapshots)}.heapsnapshot`);
    process.kill(this.pid, 'SIGUSR2');
    await until(
      () => existsSync(file),
      (written) => written,
      SNAPSHOT_MS,
    );
    const snapshot = new HeapSnapshot(readFileSync(file));
    rmSync(file);
    return snapshot;
  }
}
