import { join } from 'node:path';
import { SqliteEventLog } from '@app/adapters/sqlite';
import { type DecodedCommit, decodeCommit } from '@app/log';

const PAGE = 2_000;

/** Reads the log of a running server, or of one that was killed, from a connection of its own: what is in there is durable. */
export class LogReader {
  readonly #log: SqliteEventLog;
  readonly #commits: DecodedCommit[] = [];
  #last: number;

  private constructor(log: SqliteEventLog, after: number) {
    this.#log = log;
    this.#last = after;
  }

  /** `after`: what lies up to here is not looked at. */
  static open(dataDir: string, after: number): LogReader {
    return new LogReader(SqliteEventLog.open(join(dataDir, 'log.db'), { readOnly: true }), after);
  }

  /** All commits so far, those that came since the last call included. */
  async commits(): Promise<readonly DecodedCommit[]> {
    for (;;) {
      const page = await this.#log.readFrom(this.#last + 1, PAGE);
      this.#commits.push(...page.map(decodeCommit));
      this.#last = page.at(-1)?.pos ?? this.#last;
      if (page.length < PAGE) return this.#commits;
    }
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}

/** The keys that a chunk of a cascade names; empty for every other commit. */
export const keysEndedBy = ({ events }: DecodedCommit): readonly string[] =>
  events.flatMap((event) => (event.type === 'api-key.invalidated.v1' ? [event.data.keyId] : []));

export const keysIssuedBy = ({ events }: DecodedCommit): readonly string[] =>
  events.flatMap((event) => (event.type === 'api-key.issued.v1' ? [event.data.keyId] : []));

/** How many chunks of a cascade lie between the first and the last of commands that arrived at once; null if one of them is missing. */
export const chunksBetween = (chunks: readonly number[], positions: readonly (number | undefined)[]): number | null => {
  const found = positions.filter((pos) => pos !== undefined);
  if (found.length < positions.length) return null;
  const [first, last] = [Math.min(...found), Math.max(...found)];
  return chunks.filter((pos) => pos > first && pos < last).length;
};
