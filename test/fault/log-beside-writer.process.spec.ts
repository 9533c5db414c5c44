import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkWriteAheadLog, SqliteEventLog } from '@app/adapters/sqlite';
import { FIRST_PREV, prepareCommit } from '@app/log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkLogFiles } from '@app/cli/check-log-files.js';
import { nodeJoined } from '@test/support/log/sample-events.js';

const WRITER = join(import.meta.dirname, 'restless-writer.mjs');

describe('a log that another process writes to', () => {
  let folder: string;
  let path: string;
  let writer: ReturnType<typeof spawn>;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keyfence-beside-'));
    path = join(folder, 'log.db');
    const log = SqliteEventLog.open(path);
    await log.insert([prepareCommit(1, FIRST_PREV, { commandId: 'c', requestHash: null, at: 1, actor: 'operator', events: [nodeJoined('n')] }).commit]);
    await log.close();
  });
  afterEach(async () => {
    writer.kill('SIGKILL');
    if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit');
    rmSync(folder, { recursive: true });
  });

  const startWriting = (pauseMs: number): void => {
    writer = spawn(process.execPath, [WRITER, path, String(pauseMs)], { stdio: ['ignore', 'inherit', 'inherit'] });
  };

  const headPos = async (): Promise<number> => {
    const log = SqliteEventLog.open(path, { readOnly: true });
    const head = await log.readHead();
    await log.close();
    return head?.pos ?? 0;
  };

  const untilLonger = async (before: number): Promise<number> => {
    for (;;) {
      const head = await headPos();
      if (head > before) return head;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  it('is never called damaged', async () => {
    startWriting(20);
    let head = await untilLonger(1);
    for (let look = 0; look < 4; look += 1) {
      const report = await checkLogFiles(folder);
      expect(report.problems).toEqual([]);
      expect(report.head).toBeGreaterThanOrEqual(head);
      head = await untilLonger(report.head);
    }
  });

  it('has a write-ahead log that a single look may find in disorder, and several looks never', async () => {
    startWriting(0);
    await untilLonger(1);
    // About one look in two hundred finds the frames of a commit before those that they follow.
    for (let look = 0; look < 400; look += 1) expect(await checkWriteAheadLog(path, 20)).toBeNull();
  });
});
