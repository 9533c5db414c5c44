import { createConnection } from 'mongoose';
import type { Connection } from 'mongoose';
import { ensureIndexes } from './ensure-indexes.js';
import { RECORD_INDEXES, VIEW_INDEXES } from './indexes.js';

export interface MongoOptions {
  /** Names the database of the log and of usage. */
  readonly url: string;
  /** Of the read models; default: the URL's. */
  readonly viewsDatabase?: string;
  /** For every call, from the question to its answer. Default 2 000. */
  readonly deadlineMs?: number;
  /** What the server's own logs and lists of connections call this process. */
  readonly appName: string;
  /** A server that lacks something that can be done without. */
  readonly onWarning?: (warning: string) => void;
}

/** One pool of connections of a process, and the two databases behind it. Log, views and usage share it; the code that opened it closes it. */
export interface MongoLink {
  /** Of the log and of usage: what cannot be made anew. */
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
 * Makes the indexes that are missing. Rejects when no server that takes writes answers in time: the error says why, and never what the URL holds.
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
      // The caller tries again itself, with what it knows by then; a driver that does would only use up the deadline.
      retryWrites: false,
      retryReads: false,
      // Read models too: a row or a position that a change of leader takes back would be missing until the next rebuild.
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
