import { type ProcessUsageTotal, type UsageCountQuery, UsageStore } from '@app/ports';
import { Schema } from 'mongoose';
import type { Connection, Model, QueryFilter } from 'mongoose';
import { upsertAll } from './guarded-writes.js';
import { inTime } from './in-time.js';
import type { MongoLink } from './mongo-link.js';

interface StoredTotal {
  readonly _id: string;
  readonly environmentId: string;
  readonly day: string;
  readonly keyId: string;
  readonly userId: string | null;
  readonly orgId: string | null;
  readonly count: number;
}
interface StoredUse {
  readonly _id: string;
  readonly at: number;
}

/** Up to so many keys are looked up one by one, as rows are. */
const FEW_KEYS = 50;
const OPTIONS = { versionKey: false, strict: 'throw', autoIndex: false, autoCreate: false } as const;

const totalSchema = new Schema(
  { _id: String, environmentId: String, day: String, keyId: String, userId: String, orgId: String, count: Number },
  { ...OPTIONS, collection: 'usage' },
);
const useSchema = new Schema({ _id: String, at: Number }, { ...OPTIONS, collection: 'last_uses' });

const modelOf = <Stored>(connection: Connection, name: string, schema: Schema): Model<Stored> =>
  (connection.models[name] ?? connection.model(name, schema)) as Model<Stored>;

/** Next to the log, not among the read models: nothing can rebuild it. */
export class MongoUsageStore extends UsageStore {
  readonly #totals: Model<StoredTotal>;
  readonly #uses: Model<StoredUse>;
  readonly #deadlineMs: number;

  constructor({ record, deadlineMs }: MongoLink) {
    super();
    this.#totals = modelOf(record, 'usageTotals', totalSchema);
    this.#uses = modelOf(record, 'lastUses', useSchema);
    this.#deadlineMs = deadlineMs;
  }

  /** In parts: a repeated total is harmless, so a flush that fails in the middle is simply sent again. */
  async record(totals: readonly ProcessUsageTotal[]): Promise<void> {
    await upsertAll(this.#totals, totals.map(countOf), this.#deadlineMs);
    await upsertAll(
      this.#uses,
      totals.map(({ keyId, lastUsedAtMs }) => ({ id: keyId, update: { $max: { at: lastUsedAtMs } } })),
      this.#deadlineMs,
    );
  }

  async count({ environmentId, day, keyId, userId, orgId }: UsageCountQuery): Promise<number> {
    const matching = {
      environmentId,
      day,
      ...(keyId === null ? {} : { keyId }),
      ...(userId === null ? {} : { userId }),
      ...(orgId === null ? {} : { orgId }),
    };
    const [sum] = await inTime(this.#deadlineMs, () =>
      this.#totals
        .aggregate<{ readonly n: number }>([{ $match: matching }, { $group: { _id: null, n: { $sum: '$count' } } }])
        .option({ maxTimeMS: this.#deadlineMs })
        .exec(),
    );
    return sum?.n ?? 0;
  }

  async lastUsed(keyIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const wanted = [...new Set(keyIds)];
    const find = (filter: QueryFilter<StoredUse>) => this.#uses.find(filter).maxTimeMS(this.#deadlineMs).lean<StoredUse[]>().exec();
    const found = await inTime(this.#deadlineMs, () =>
      wanted.length > FEW_KEYS ? find({ _id: { $in: wanted } }) : Promise.all(wanted.map((id) => find({ _id: id }))).then((rows) => rows.flat()),
    );
    return new Map(found.map(({ _id, at }) => [_id, at]));
  }

  /** Does nothing: the code that opened the connection closes it. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}

const countOf = ({ incarnation, day, keyId, environmentId, userId, orgId, count }: ProcessUsageTotal) => ({
  id: `${incarnation}/${day}/${keyId}`,
  update: { $max: { count }, $setOnInsert: { environmentId, day, keyId, userId, orgId } },
});
