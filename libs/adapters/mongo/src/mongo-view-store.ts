import { type ViewName, type ViewRow, type ViewRows, ViewStore } from '@app/ports';
import { insertAll, isDuplicateKey, UPDATES_AT_ONCE, upsertAll } from './guarded-writes.js';
import { inTime, LONG_MS, PATIENT } from './in-time.js';
import type { MongoLink } from './mongo-link.js';
import { MongoViews, stateOf } from './mongo-views.js';
import { rowFieldsOf } from './view-columns.js';

/** Rows of one insert. */
const ROWS_AT_ONCE = 250;

/**
 * The read models' rows, written by every replica alike. A row is one field that begins with version and position, and a write keeps the
 * greater of the old and the new value: the later one wins in any order of arrival, and a repetition or a kill in between changes nothing.
 */
export class MongoViewStore extends ViewStore {
  readonly #views: MongoViews;
  /** Projections that had a position at the last check: one without a position now was deleted meanwhile. */
  readonly #begun = new Set<string>();

  constructor(link: MongoLink) {
    super();
    this.#views = new MongoViews(link);
  }

  async position(projection: string, version: number): Promise<number> {
    const { projections } = this.#views.models;
    const stored = await this.#inTime(() => projections.findOne({ _id: projection }).maxTimeMS(this.#views.deadlineMs).lean().exec());
    if (stored === null) return 0;
    this.#begun.add(projection);
    if (stored.version === version) return stored.pos;
    await this.#forget(projection, version, stored.views);
    return 0;
  }

  async load<Name extends ViewName>(view: Name, ids: readonly string[]): Promise<ReadonlyMap<string, ViewRow<Name>>> {
    const rows = await this.#views.byIds(view, ids);
    return new Map(rows.map((stored) => [stored._id, { view, id: stored._id, pos: stored.row.pos, state: stateOf<ViewRows[Name]>(stored) }]));
  }

  async save(projection: string, version: number, uptoPos: number, rows: readonly ViewRow[]): Promise<void> {
    await this.#begin(projection, version, [...new Set(rows.map(({ view }) => view))]);
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) await this.#saveRows(version, rows.slice(from, from + ROWS_AT_ONCE));
    // Last: a kill before it repeats the rows, which changes nothing; a kill after an early one would lose them.
    await this.#inTime(() => this.#views.models.projections.updateOne({ _id: projection, version }, { $max: { pos: uptoPos } }).exec());
  }

  /** Does nothing: the code that opened the connection closes it. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The views are noted before they are written. Refused if another version has taken over the projection, or if it was deleted. */
  async #begin(projection: string, version: number, views: readonly ViewName[]): Promise<void> {
    const isFirst = !this.#begun.has(projection);
    const update = { $addToSet: { views: { $each: [...views] } }, ...(isFirst ? { $setOnInsert: { pos: 0 } } : {}) };
    try {
      const { matchedCount, upsertedCount } = await this.#inTime(() =>
        this.#views.models.projections.updateOne({ _id: projection, version }, update, { upsert: isFirst }).exec(),
      );
      if (matchedCount + upsertedCount === 0)
        throw new Error(`The read model ${projection} was deleted or taken over by another version: restart this process.`);
    } catch (error) {
      if (!isFirst || !isDuplicateKey(error)) throw error;
      // Another replica began it at the same moment, or it has another version: the second check shows which.
      this.#begun.add(projection);
      await this.#begin(projection, version, views);
    }
    this.#begun.add(projection);
  }

  async #saveRows(version: number, rows: readonly ViewRow[]): Promise<void> {
    for (const view of new Set(rows.map((row) => row.view))) {
      const ofView = rows.filter((row) => row.view === view);
      const left = ofView.length > UPDATES_AT_ONCE ? await this.#insertNew(view, version, ofView) : ofView;
      const upserts = left.map((row) => ({ id: row.id, update: { $max: { row: storedRow(version, row) } } }));
      await upsertAll(this.#views.models.rows[view], upserts, this.#views.deadlineMs);
    }
  }

  /** One command for all new rows, which most rows of a long batch are. Returns those that must be compared with existing ones. */
  async #insertNew(view: ViewName, version: number, rows: readonly ViewRow[]): Promise<readonly ViewRow[]> {
    const known = new Set(
      (
        await this.#views.byIds(
          view,
          rows.map(({ id }) => id),
        )
      ).map(({ _id }) => _id),
    );
    const documents = rows.filter(({ id }) => !known.has(id)).map((row) => ({ _id: row.id, row: storedRow(version, row) }));
    const allStored = await insertAll(this.#views.models.rows[view], documents, this.#views.deadlineMs);
    return allStored ? rows.filter(({ id }) => known.has(id)) : rows;
  }

  /**
   * Rows folded by another version must go with its position. Rows of this one stay, because another replica may have begun already;
   * once more at the end, for what a replica of the other version wrote meanwhile. Another projection that wrote the same views has lost rows too.
   */
  async #forget(projection: string, version: number, views: readonly ViewName[]): Promise<void> {
    const { projections, rows } = this.#views.models;
    const removeOthers = async (): Promise<void> => {
      for (const view of views) await rows[view].collection.deleteMany({ 'row.version': { $ne: version } }, { ...PATIENT });
    };
    await inTime(LONG_MS, async () => {
      await removeOthers();
      await projections.updateMany({ _id: { $ne: projection }, views: { $in: [...views] } }, { $set: { pos: 0 } }).exec();
      await projections.updateOne({ _id: projection, version: { $ne: version } }, { $set: { version, pos: 0 } }).exec();
      await removeOthers();
    });
  }

  #inTime<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    return inTime(this.#views.deadlineMs, work);
  }
}

/** Version and position first: that is the order in which two rows are compared. */
const storedRow = (version: number, row: ViewRow) => ({
  version,
  pos: row.pos,
  environmentId: row.state.environmentId,
  ...rowFieldsOf(row),
  state: JSON.stringify(row.state),
});
