import { createConnection } from 'mongoose';
import type { Connection } from 'mongoose';
import { ensureIndexes } from './ensure-indexes.js';
import { RECORD_INDEXES, VIEW_INDEXES } from './indexes.js';

export interface MongoOptions {
  /** With the database of the log and of usage. */
  readonly url: string;
  /** Of the read models; default: the URL's. */
  readonly viewsDatabase?: string;
  /** For every call, from request to reply. Default 2 000. */
  readonly deadlineMs?: number;
  /** The name of this process in the server's logs and lists of connections. */
  readonly appName: string;
  /** Called if the server lacks an optional feature. */
  readonly onWarning?: (warning: string) => void;
}

/** One pool of connections of a process, and the two databases behind it. Log, views and usage share it; the code that opened it closes it. */
export interface MongoLink {
  /** The log and usage: data that cannot be rebuilt. */
  readonly record: Connection;
  /** Of the read models. */
  readonly views: Connection;
  readonly deadlineMs: number;
  readonly warn: (warning: string) => void;
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 20;
const DEADLINE_MS = 2_000;

/**
 * Creates the missing indexes. Rejects if no server that accepts writes replies in time: the error says why, and quotes nothing from the URL.
 */
export async function openMongo({ url, viewsDatabase, deadlineMs = DEADLINE_MS, appName, onWarning }: MongoOptions): Promise<MongoLink> {
  const record = createConnection();
  try {
    await record.openUri(url, {
      appName,
      maxPoolSize: MAX_CONNECTIONS,
      waitQueueTimeoutMS: deadlineMs,
      serverSelectionTimeoutMS: deadlineMs,
      connectTimeoutMS: deadlineMs,
      socketTimeoutMS: deadlineMs,
      heartbeatFrequencyMS: deadlineMs,
      // The caller retries with newer knowledge; a retry by the driver would only use up the deadline.
      retryWrites: false,
      retryReads: false,
      // Read models too: a row or a position that a change of primary rolls back would be missing until the next rebuild.
      w: 'majority',
      readConcernLevel: 'majority',
      readPreference: 'primary',
      autoIndex: false,
      autoCreate: false,
      bufferCommands: false,
    });
  } catch (error) {
    await record.close(true);
    throw new Error(`MongoDB cannot be used: ${reasonOf(error)}`, { cause: isAboutUrl(error) ? undefined : error });
  }
  const views = viewsDatabase === undefined ? record : record.useDb(viewsDatabase, { useCache: true });
  const link = { record, views, deadlineMs, warn: onWarning ?? (() => undefined), close: () => record.close(true) };
  try {
    await ensureIndexes(record, RECORD_INDEXES, link.warn);
    await ensureIndexes(views, VIEW_INDEXES, link.warn);
    return link;
  } catch (error) {
    await link.close();
    throw error;
  }
}

/** The driver quotes a URL that it cannot read, password and all. */
const isAboutUrl = (error: unknown): boolean => !(error instanceof Error) || error.name === 'MongoParseError' || error.name === 'TypeError';
const reasonOf = (error: unknown): string => (error instanceof Error && !isAboutUrl(error) ? error.message : 'its URL is not one');
