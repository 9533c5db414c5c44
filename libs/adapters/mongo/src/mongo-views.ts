import type { ViewName, ViewRows } from '@app/ports';
import type { QueryFilter } from 'mongoose';
import { inTime } from './in-time.js';
import type { MongoLink } from './mongo-link.js';
import { viewModels } from './view-models.js';
import type { StoredRow, ViewModels } from './view-models.js';

/** Up to so many ids are read one by one: FerretDB finds a single id by its index, and looks at every row for a list of them. */
const FEW_IDS = 50;

export type Order = Readonly<Record<string, 1 | -1>>;
export interface Found<State> {
  readonly rows: readonly State[];
  readonly total: number;
}

/** The read models' collections, with a deadline for every query. Rows leave as plain objects, never as mongoose's documents. */
export class MongoViews {
  readonly models: ViewModels;
  readonly deadlineMs: number;

  constructor({ views, deadlineMs }: MongoLink) {
    this.models = viewModels(views);
    this.deadlineMs = deadlineMs;
  }

  async byIds(view: ViewName, ids: readonly string[]): Promise<readonly StoredRow[]> {
    const model = this.models.rows[view];
    const wanted = [...new Set(ids)];
    if (wanted.length > FEW_IDS)
      return this.#inTime(() =>
        model
          .find({ _id: { $in: wanted } })
          .maxTimeMS(this.deadlineMs)
          .lean<StoredRow[]>()
          .exec(),
      );
    const rows = await this.#inTime(() => Promise.all(wanted.map((id) => model.findOne({ _id: id }).maxTimeMS(this.deadlineMs).lean<StoredRow>().exec())));
    return rows.filter((row) => row !== null);
  }

  async all<Name extends ViewName>(view: Name, filter: QueryFilter<StoredRow>, order: Order, limit = 0): Promise<readonly ViewRows[Name][]> {
    return statesOf(await this.#inTime(() => this.#rows(view, filter, order, 0, limit)));
  }

  async page<Name extends ViewName>(
    view: Name,
    filter: QueryFilter<StoredRow>,
    order: Order,
    { pageNumber, pageSize }: { readonly pageNumber: number; readonly pageSize: number },
  ): Promise<Found<ViewRows[Name]>> {
    const offset = pageNumber * pageSize;
    return this.#inTime(async () => {
      const total = await this.models.rows[view].countDocuments(filter).maxTimeMS(this.deadlineMs).exec();
      // Without this check a page past the end reads everything again and finds nothing.
      if (offset >= total) return { rows: [], total };
      return { rows: statesOf<ViewRows[Name]>(await this.#rows(view, filter, order, offset, Math.min(pageSize, total - offset))), total };
    });
  }

  #rows(view: ViewName, filter: QueryFilter<StoredRow>, order: Order, skip: number, limit: number): Promise<StoredRow[]> {
    return this.models.rows[view]
      .find(filter)
      .sort({ ...order })
      .skip(skip)
      .limit(limit)
      .maxTimeMS(this.deadlineMs)
      .lean<StoredRow[]>()
      .exec();
  }

  #inTime<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    return inTime(this.deadlineMs, work);
  }
}

export const stateOf = <State>({ row }: StoredRow): State => JSON.parse(row.state) as State;
const statesOf = <State>(rows: readonly StoredRow[]): readonly State[] => rows.map((row) => stateOf<State>(row));
