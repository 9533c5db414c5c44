import { UnknownOutcome } from '@app/ports';
import { mongo } from 'mongoose';

export const DUPLICATE_KEY = 11_000;

const listOf = <Item>(oneOrMore: Item | readonly Item[]): readonly Item[] => (Array.isArray(oneOrMore) ? (oneOrMore as readonly Item[]) : [oneOrMore as Item]);

/**
 * How many commits of an ordered batch are stored for good, if the server stopped at a position that is taken. Throws everything else:
 * as `UnknownOutcome`, unless the driver refused the batch before it sent anything. If a write concern was not met in addition to a taken
 * position, the outcome is unknown too: the commits before that position may be rolled back.
 */
export function storedBeforeTaken(error: unknown): number {
  if (error instanceof mongo.MongoAPIError || error instanceof RangeError) throw error;
  if (!(error instanceof mongo.MongoBulkWriteError)) throw new UnknownOutcome(error);
  const [failed, ...more] = listOf(error.writeErrors);
  const isTaken = failed?.code === DUPLICATE_KEY && failed.index === error.insertedCount && more.length === 0;
  if (!isTaken || error.result.getWriteConcernError() !== undefined) throw new UnknownOutcome(error);
  return error.insertedCount;
}
