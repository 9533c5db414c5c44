import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import Database from 'libsql';
import { SqliteEventLog } from '@app/adapters/sqlite';
import type { Commit } from '@app/ports';
import { checkLogFiles, type LogFilesReport } from '@app/cli/check-log-files.js';
import { nodeJoined, organizationCreated, userCreated } from '@test/support/log/sample-events.js';
import { Writer } from '@test/support/log/writer.js';

/** A data folder's log as bytes. The read models say how long the log was, as they do in a folder that was in use. */
export interface Specimen {
  readonly log: Buffer;
  readonly wal: Buffer;
  readonly views: Buffer;
  readonly content: LogContent;
}

/** What the port gives back: all of it. */
export interface LogContent {
  readonly commits: readonly Commit[];
  readonly positionsByTag: Readonly<Record<string, readonly number[]>>;
}

export type Examined =
  | { readonly kind: 'told'; readonly report: LogFilesReport }
  | { readonly kind: 'same content' }
  | { readonly kind: 'missed'; readonly difference: string };

export interface SpecimenShape {
  /** Whether the later commits lie in the write-ahead log, with frames behind them from before that log's last new beginning. */
  readonly inWal: boolean;
  /** How many commands come one by one, each in a transaction of its own, first and later. */
  readonly alone: readonly [first: number, later: number];
  /** How many share one transaction, first and again later. */
  readonly together: number;
  /** Commits of few bytes, for a look at each of them. */
  readonly small?: boolean;
}

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'keyfence-damage-'));

/** A log as a server writes it: commands one by one, many in one transaction of many frames, a body longer than a page. */
export const makeSpecimen = async (shape: SpecimenShape): Promise<Specimen> => {
  const folder = newFolder();
  const path = join(folder, 'log.db');
  const log = SqliteEventLog.open(path);
  const other = new Database(path);
  const writer = await Writer.start(log);
  await writeSome(writer, 'first', shape.alone[0], shape);
  other.exec('PRAGMA wal_checkpoint(PASSIVE)');
  await writeSome(writer, 'later', shape.alone[1], shape);
  if (!shape.inWal) other.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  await writer.stop();
  const content = await readContent(log);
  const specimen = { log: readFileSync(path), wal: readFileSync(`${path}-wal`), views: viewsAt(folder, content.commits.length), content };
  other.close();
  await log.close();
  rmSync(folder, { recursive: true });
  return specimen;
};

const writeSome = async (writer: Writer, name: string, alone: number, { together, small = false }: SpecimenShape): Promise<void> => {
  const create = (id: string) => writer.run(id, () => [small ? nodeJoined(`${id}-ü`) : userCreated(`${id}-ünï`)]);
  for (let index = 0; index < alone; index += 1) await create(`${name}-alone-${index}`);
  await writer.run(`${name}-long`, () => Array.from({ length: 12 }, (_, index) => organizationCreated(`${name}-org-${index}`)));
  await Promise.all(Array.from({ length: together }, (_, index) => create(`${name}-together-${index}`)));
  await create(`${name}-last`);
};

const viewsAt = (folder: string, pos: number): Buffer => {
  const path = join(folder, 'views.db');
  const views = new Database(path);
  views.exec(
    `CREATE TABLE projections (name TEXT PRIMARY KEY, version INTEGER NOT NULL, pos INTEGER NOT NULL) WITHOUT ROWID; INSERT INTO projections VALUES ('keys', 1, ${pos})`,
  );
  views.close();
  return readFileSync(path);
};

const readContent = async (log: SqliteEventLog): Promise<LogContent> => {
  const commits = await log.readFrom(1, 100_000);
  const positionsByTag: Record<string, readonly number[]> = {};
  for (const tag of new Set(commits.flatMap((commit) => commit.tags))) positionsByTag[tag] = (await log.readTagged(tag)).map(({ pos }) => pos);
  return { commits, positionsByTag };
};

// What readTagged does, for all tags at once: one by one they would take longer than all the rest.
const BY_TAG = `SELECT (SELECT json_group_array(c.pos) FROM commit_tags i CROSS JOIN commits c ON c.pos = i.pos WHERE i.tag = t.value ORDER BY i.pos) AS positions
  FROM json_each(?) t ORDER BY t.key`;

/** Damages a copy in a folder of its own and looks at what `log verify` makes of it. */
export class Examination {
  readonly #specimen: Specimen;
  readonly #letGo: () => void;
  #since = 0;

  constructor(specimen: Specimen) {
    this.#specimen = specimen;
    setFlagsFromString('--expose-gc');
    this.#letGo = runInNewContext('gc') as () => void;
  }

  async of(damaged: Partial<Record<'log' | 'wal', Buffer>>): Promise<Examined> {
    const folder = newFolder();
    const { log, wal, views } = { ...this.#specimen, ...damaged };
    writeFileSync(join(folder, 'log.db'), log);
    if (wal.length > 0) writeFileSync(join(folder, 'log.db-wal'), wal);
    if (views.length > 0) writeFileSync(join(folder, 'views.db'), views);
    try {
      const report = await checkLogFiles(folder, { betweenReadsMs: 0 });
      if (report.problems.length > 0) return { kind: 'told', report };
      return await this.#compare(folder);
    } finally {
      rmSync(folder, { recursive: true });
      await this.#closeFiles();
    }
  }

  async #compare(folder: string): Promise<Examined> {
    const { commits, positionsByTag } = this.#specimen.content;
    const path = join(folder, 'log.db');
    const log = SqliteEventLog.open(path, { readOnly: true });
    const db = new Database(`file:${path}?mode=ro`);
    try {
      const read = await log.readFrom(1, 100_000);
      if (!isDeepStrictEqual(read, commits))
        return {
          kind: 'missed',
          difference: `commits: ${JSON.stringify(read.find((commit, index) => !isDeepStrictEqual(commit, commits[index])) ?? read.length)}`,
        };
      const rows = db.prepare(BY_TAG).all(JSON.stringify(Object.keys(positionsByTag))) as { readonly positions: string }[];
      const wrong = Object.entries(positionsByTag).find(([, positions], index) => rows[index]?.positions !== JSON.stringify(positions));
      if (wrong !== undefined) return { kind: 'missed', difference: `positions of ${wrong[0]}` };
      const [tag, positions] = this.#nextTag();
      return isDeepStrictEqual(
        (await log.readTagged(tag)).map(({ pos }) => pos),
        positions,
      )
        ? { kind: 'same content' }
        : { kind: 'missed', difference: `readTagged of ${tag}` };
    } catch (error) {
      return { kind: 'missed', difference: String(error) };
    } finally {
      db.close();
      await log.close();
    }
  }

  #nextTag(): readonly [string, readonly number[]] {
    const all = Object.entries(this.#specimen.content.positionsByTag);
    return all[this.#since % all.length] ?? ['', []];
  }

  /** The driver lets go of a closed file only when its statements are collected, a turn of the event loop later, and nothing here makes that happen by itself. */
  async #closeFiles(): Promise<void> {
    this.#since += 1;
    if (this.#since % 25 !== 0) return;
    this.#letGo();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export const flipped = (bytes: Buffer, offset: number, bit: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[offset] = (copy[offset] ?? 0) ^ (1 << bit);
  return copy;
};
