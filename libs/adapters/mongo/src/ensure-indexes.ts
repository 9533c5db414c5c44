import type { Connection, mongo } from 'mongoose';
import { PATIENT } from './in-time.js';
import type { CollectionIndexes } from './indexes.js';

const REFUSED_OPTION = new Set([67, 72, 197, 238]);

/**
 * Creates the missing indexes. A server that refuses an option (FerretDB knows no partial ones) gets the index without it, and one
 * that refuses that too gets none: every query is correct without its index, only slower.
 */
export async function ensureIndexes(connection: Connection, indexes: CollectionIndexes, warn: (warning: string) => void): Promise<void> {
  for (const [collection, named] of Object.entries(indexes)) {
    for (const { name, key, partialFilterExpression } of named) {
      const make = (options: mongo.CreateIndexesOptions) => connection.collection(collection).createIndex({ ...key }, { ...PATIENT, name, ...options });
      if (partialFilterExpression === undefined) await unlessRefused(make({}), (reason) => warn(`The index ${name} of ${collection} is missing: ${reason}`));
      else
        await unlessRefused(make({ partialFilterExpression }), () =>
          unlessRefused(make({}), (reason) => warn(`The index ${name} of ${collection} is missing: ${reason}`)),
        );
    }
  }
}

async function unlessRefused(made: Promise<unknown>, otherwise: (reason: string) => Promise<void> | void): Promise<void> {
  try {
    await made;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await otherwise(error.message);
  }
}

const isRefusal = (error: unknown): error is Error & { readonly code: number } =>
  error instanceof Error && 'code' in error && typeof error.code === 'number' && REFUSED_OPTION.has(error.code);
