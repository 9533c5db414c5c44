import { join } from 'node:path';
import { checkWriteAheadLog, readProjectedPositions, SqliteEventLog, type ProjectedPosition, type WalDamage } from '@app/adapters/sqlite';
import { type LogVerdict, verifyLog } from '@app/log';

export interface LogFileProblem {
  /** The first position that is wrong or may be gone; null if that is unknown. */
  readonly position: number | null;
  readonly problem: string;
}

export interface LogFilesReport {
  /** The newest position up to which every commit is whole. */
  readonly head: number;
  /** The hash of the commit there; null if there is a problem with it or before it. */
  readonly hash: string | null;
  readonly problems: readonly LogFileProblem[];
  readonly notes: readonly string[];
}

export interface CheckOptions {
  readonly onProgress?: (pos: number) => void;
  /** Pause between reads of a write-ahead log that seems damaged, in case another process is writing it. */
  readonly betweenReadsMs?: number;
}

/**
 * Everything that can show damage in a data folder's log: the write-ahead log, SQLite's pages, the chain with its index, and the read models as
 * evidence of commits that are lost without a trace. The order matters: the write-ahead log is read before anything opens the
 * file, and the read models before the log, because a running server moves the log first.
 */
export const checkLogFiles = async (dataDir: string, { onProgress, betweenReadsMs }: CheckOptions = {}): Promise<LogFilesReport> => {
  const path = join(dataDir, 'log.db');
  const walDamage = await checkWriteAheadLog(path, betweenReadsMs);
  const witnesses = readProjectedPositions(join(dataDir, 'views.db'));
  const { verdict, pages } = await readLog(path, onProgress);
  const head = verdict.ok ? verdict.head.pos : verdict.pos - 1;
  const problems = [
    ...(walDamage === null ? [] : [cutOff(walDamage, head)]),
    ...(verdict.ok ? [] : [{ position: verdict.pos, problem: verdict.problem }]),
    ...pages.map((line) => ({ position: null, problem: `SQLite finds its file damaged: ${line}.` })),
    ...(verdict.ok ? missing(witnesses, head) : []),
  ];
  return {
    head,
    hash: verdict.ok ? verdict.head.hash : null,
    problems: problems.map(printable),
    notes: verdict.ok && verdict.note !== undefined ? [verdict.note] : [],
  };
};

interface LogRead {
  readonly verdict: LogVerdict;
  readonly pages: readonly string[];
}

const readLog = async (path: string, onProgress?: (pos: number) => void): Promise<LogRead> => {
  let log: SqliteEventLog;
  try {
    log = SqliteEventLog.open(path, { readOnly: true });
  } catch (error) {
    return { verdict: { ok: false, pos: 1, problem: reasonOf(error) }, pages: [] };
  }
  try {
    return { verdict: await verifyLog(log, onProgress), pages: pagesOf(log) };
  } finally {
    await log.close();
  }
};

const cutOff = ({ frame, problem }: WalDamage, head: number): LogFileProblem => ({
  position: head + 1,
  problem:
    `The write-ahead log (log.db-wal) is damaged: ${frame === 0 ? problem : `frame ${frame}: ${problem}`}. Commits after position ${head} may be cut off. ` +
    'Copy the folder before you start or stop a server on it: both overwrite what is left of them.',
});

const pagesOf = (log: SqliteEventLog): readonly string[] => {
  try {
    return log.checkPages();
  } catch (error) {
    return [reasonOf(error)];
  }
};

/** SQLite's messages quote the file, which may contain anything: none of it may move the operator's cursor. */
const printable = ({ position, problem }: LogFileProblem): LogFileProblem => ({ position, problem: problem.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\uFFFD') });

const missing = (witnesses: readonly ProjectedPosition[], head: number): readonly LogFileProblem[] =>
  witnesses
    .filter(({ pos }) => pos > head)
    .map(({ projection, pos }) => ({
      position: head + 1,
      problem: `The log ends at ${head}, but the read model ${projection} has applied it up to ${pos}: the commits between are gone, or views.db belongs to another log.`,
    }));

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
