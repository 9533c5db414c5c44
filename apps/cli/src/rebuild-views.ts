import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteViewStore, ViewsFile } from '@app/adapters/sqlite';
import { DIRECTORY_PROJECTION } from '@app/directory';
import { CASCADE_POSITION, KEYS_PROJECTION } from '@app/keys';
import { LogTail, type Projection, ProjectionRunner } from '@app/log';
import type { EventLog, ViewStore } from '@app/ports';
import type { DataFiles } from './data-files.js';

const SIDECARS = ['', '-wal', '-shm'] as const;
const PROGRESS_EVERY_MS = 1_000;
const REBUILD_DEADLINE_MS = 24 * 3_600_000;

/** Projects the whole log into a file beside `views.db` and swaps it in when it is complete: a kill leaves the old one as it was. */
export const rebuildViews = async (files: DataFiles, onProgress: (pos: number, ofPos: number) => void): Promise<number> => {
  const current = join(files.dataDir, 'views.db');
  const draft = `${current}.rebuilt`;
  const log = files.openLog();
  for (const suffix of SIDECARS) rmSync(draft + suffix, { force: true });
  const file = new ViewsFile(draft);
  const views = new SqliteViewStore(file);
  try {
    const head = await projectAll(log, views, onProgress);
    await carryOver(CASCADE_POSITION, current, views);
    file.checkpoint();
    await views.close();
    renameSync(draft, current);
    return head;
  } finally {
    await views.close();
    await log.close();
  }
};

/**
 * The cascade writes to the log, not to views: from the beginning it would only read the whole log to find nothing left to do.
 * The old file's side file is emptied too: SQLite would otherwise apply it to the new one.
 */
const carryOver = async ({ name, version }: typeof CASCADE_POSITION, fromPath: string, to: ViewStore): Promise<void> => {
  const file = new ViewsFile(fromPath);
  const from = new SqliteViewStore(file);
  await to.save(name, version, await from.position(name, version), []);
  file.checkpoint();
  await from.close();
};

const projectAll = async (log: EventLog, views: ViewStore, onProgress: (pos: number, ofPos: number) => void): Promise<number> => {
  const tail = new LogTail(log);
  await tail.start();
  const head = tail.applied;
  for (const projection of [DIRECTORY_PROJECTION, KEYS_PROJECTION]) await projectOne(projection, views, log, tail, onProgress);
  await tail.stop();
  return head;
};

const projectOne = async (
  projection: Projection,
  views: ViewStore,
  log: EventLog,
  tail: LogTail,
  onProgress: (pos: number, ofPos: number) => void,
): Promise<void> => {
  const runner = new ProjectionRunner(projection, views, log, tail);
  await runner.start();
  const ticker = setInterval(() => onProgress(runner.position, tail.applied), PROGRESS_EVERY_MS);
  try {
    await runner.waitFor(tail.applied, REBUILD_DEADLINE_MS);
  } finally {
    clearInterval(ticker);
    await runner.stop();
  }
};
