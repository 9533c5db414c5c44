import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import { type ViewName, type ViewRow, type ViewRows, ViewStore } from '@app/ports';
import { columnsOf, CONSTANT_COLUMNS, membershipsOf, TABLES } from './view-columns.js';
import type { ViewsFile } from './views-file.js';

/** Rows per transaction: validations of the same process wait for at most one of them. */
const ROWS_AT_ONCE = 250;

interface StoredRow {
  readonly id: string;
  readonly pos: number;
  readonly state: string;
}

/** The read models' rows in `views.db`. */
export class SqliteViewStore extends ViewStore {
  readonly #file: ViewsFile;
  /** By view: made once, because rows of a view always have the same columns. */
  readonly #upserts = new Map<ViewName, string>();

  constructor(file: ViewsFile) {
    super();
    this.#file = file;
  }

  position(projection: string, version: number): Promise<number> {
    const [stored] = this.#file.all<{ readonly version: number; readonly pos: number }>('SELECT version, pos FROM projections WHERE name = ?', projection);
    if (stored?.version === version) return Promise.resolve(stored.pos);
    this.#file.transaction(() => this.#forget(projection, version));
    return Promise.resolve(0);
  }

  load<Name extends ViewName>(view: Name, ids: readonly string[]): Promise<ReadonlyMap<string, ViewRow<Name>>> {
    const sql = `SELECT id, pos, state FROM ${TABLES[view]} WHERE id IN (SELECT value FROM json_each(?))`;
    const rows = this.#file.all<StoredRow>(sql, JSON.stringify(ids));
    return Promise.resolve(new Map(rows.map(({ id, pos, state }) => [id, { view, id, pos, state: JSON.parse(state) as ViewRows[Name] }])));
  }

  async save(projection: string, version: number, uptoPos: number, rows: readonly ViewRow[]): Promise<void> {
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      this.#saveRows(projection, rows.slice(from, from + ROWS_AT_ONCE));
      await eventLoopTurn();
    }
    // Last: a kill before it repeats the rows, which changes nothing; a kill after an early one would lose them.
    this.#file.run(
      `INSERT INTO projections (name, version, pos) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET version = excluded.version,
         pos = CASE WHEN version = excluded.version THEN max(pos, excluded.pos) ELSE excluded.pos END`,
      projection,
      version,
      uptoPos,
    );
  }

  close(): Promise<void> {
    this.#file.close();
    return Promise.resolve();
  }

  #saveRows(projection: string, rows: readonly ViewRow[]): void {
    const numbered = rows.map((row) => ({ row, environment: this.#file.giveEnvironmentNumber(row.state.environmentId) }));
    this.#file.transaction(() => {
      for (const view of new Set(rows.map((row) => row.view))) {
        this.#file.run('INSERT OR IGNORE INTO projection_views (projection, view) VALUES (?, ?)', projection, view);
      }
      for (const { row, environment } of numbered) this.#saveRow(row, environment);
    });
  }

  #saveRow(row: ViewRow, environment: number): void {
    const columns = { id: row.id, pos: row.pos, environment, ...columnsOf(row), state: JSON.stringify(row.state) };
    const upsert = this.#upserts.get(row.view) ?? guardedUpsert(row.view, Object.keys(columns));
    this.#upserts.set(row.view, upsert);
    if (this.#file.run(upsert, ...Object.values(columns)) === 0) return;
    const user = membershipsOf(row);
    if (user === null) return;
    this.#file.run('DELETE FROM memberships WHERE user_id = ?', row.id);
    for (const { orgId, role, main } of user.memberships) {
      this.#file.run(
        'INSERT INTO memberships (user_id, org_id, role, main, environment, created_at) VALUES (?, ?, ?, ?, ?, ?)',
        row.id,
        orgId,
        role,
        main,
        environment,
        user.createdAtMs,
      );
    }
  }

  /**
   * Rows folded by another version must go with its position: the guard compares positions alone, so they would stay as they are.
   * Another projection that wrote the same views has lost rows too and starts again.
   */
  #forget(projection: string, version: number): void {
    const views = this.#file.all<{ readonly view: ViewName }>('SELECT view FROM projection_views WHERE projection = ?', projection);
    for (const { view } of views) {
      this.#file.run(`DELETE FROM ${TABLES[view]}`);
      if (view === 'users') this.#file.run('DELETE FROM memberships');
      this.#file.run('UPDATE projections SET pos = 0 WHERE name IN (SELECT projection FROM projection_views WHERE view = ?)', view);
    }
    this.#file.run('INSERT OR REPLACE INTO projections (name, version, pos) VALUES (?, ?, 0)', projection, version);
  }
}

/** A row never goes back: one with an older or the same position writes nothing. */
const guardedUpsert = (view: ViewName, columns: readonly string[]): string => {
  const table = TABLES[view];
  const updates = columns.filter((column) => column !== 'id' && !CONSTANT_COLUMNS[view].includes(column)).map((column) => `${column} = excluded.${column}`);
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
    ON CONFLICT (id) DO UPDATE SET ${updates.join(', ')} WHERE excluded.pos > ${table}.pos`;
};
