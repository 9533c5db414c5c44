import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type StandaloneServer, startStandalone } from '../harness/standalone.js';

const ASKED_MS = 30_000;
const POLL_MS = 5;

interface Batches {
  /** Transactions of the log. */
  readonly inserts: number;
  readonly commits: number;
}

export interface CountedServer extends StandaloneServer {
  /** Forgets what was counted so far. */
  forgetBatches(): Promise<void>;
  /** Commits of one insert, on average since the last time. Throws when there was none: then the counting does not work any more. */
  commitsPerInsert(): Promise<number>;
}

const askServer = async (server: StandaloneServer): Promise<Batches> => {
  const file = join(server.dataDir, 'inserts.json');
  rmSync(file, { force: true });
  server.process.child.kill('SIGUSR2');
  const until = performance.now() + ASKED_MS;
  while (!existsSync(file)) {
    if (performance.now() > until) throw new Error('The server does not say how many inserts it made.');
    await pause(POLL_MS);
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Batches;
};

/** The standalone server with the inserts of its log counted (count-inserts.ts). */
export const startCounted = async (): Promise<CountedServer> => {
  const server = await startStandalone({ preloads: ['count-inserts'] });
  let last: Batches = { inserts: 0, commits: 0 };
  return {
    ...server,
    forgetBatches: async () => {
      last = await askServer(server);
    },
    commitsPerInsert: async () => {
      const now = await askServer(server);
      const since = { inserts: now.inserts - last.inserts, commits: now.commits - last.commits };
      last = now;
      if (since.inserts === 0 || since.commits === 0) throw new Error('No insert into the log was counted: see count-inserts.ts.');
      return since.commits / since.inserts;
    },
  };
};
