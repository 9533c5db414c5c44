import { mongo } from 'mongoose';
import type { Model } from 'mongoose';
import { inTime } from './in-time.js';
import { DUPLICATE_KEY } from './insert-outcome.js';

/**
 * Updates in one command. FerretDB holds one of its hundred connections for each until the command ends, and all of the database stands
 * still forever when they run out; so there are few at once, and one command after another.
 */
export const UPDATES_AT_ONCE = 10;
const TRIES = 3;

export interface Upsert {
  readonly id: string;
  readonly update: mongo.Document;
}

/**
 * Upserts by id, each of them harmless to repeat: two at the same time may both insert a missing row, and the loser retries.
 * The deadline is each command's.
 */
export async function upsertAll<Stored>(model: Model<Stored>, upserts: readonly Upsert[], deadlineMs: number): Promise<void> {
  for (let from = 0; from < upserts.length; from += UPDATES_AT_ONCE) {
    const operations = upserts.slice(from, from + UPDATES_AT_ONCE).map(({ id, update }) => ({ updateOne: { filter: { _id: id }, update, upsert: true } }));
    const write = () => model.bulkWrite(operations as unknown as Parameters<Model<Stored>['bulkWrite']>[0], { ordered: false, maxTimeMS: deadlineMs });
    await inTime(deadlineMs, () => retried(write));
  }
}

/** False if one of them existed already; those before it are stored. */
export async function insertAll<Stored>(model: Model<Stored>, documents: readonly mongo.Document[], deadlineMs: number): Promise<boolean> {
  if (documents.length === 0) return true;
  const options = { ordered: true, maxTimeMS: deadlineMs };
  try {
    await inTime(deadlineMs, () => model.insertMany([...documents], options));
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

export const isDuplicateKey = (error: unknown): boolean => error instanceof mongo.MongoServerError && error.code === DUPLICATE_KEY;

async function retried(work: () => Promise<unknown>): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (tried === TRIES || !isDuplicateKey(error)) throw error;
    }
  }
}
