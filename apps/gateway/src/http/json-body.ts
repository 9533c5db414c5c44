import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { invalidField } from '@app/domain';

const MAX_BODY_BYTES = 64 * 1024;
/** A body over the limit is still read this far before it is refused: closing on unread bytes resets the connection, and a proxy in front would see that instead of the 413. */
const DRAIN_LIMIT_BYTES = 1024 * 1024;

type Done = (error: Error | null, body?: Buffer) => void;

const refusal = (statusCode: number): Error => Object.assign(new Error('The body was not taken.'), { statusCode });

/** In place of Fastify's own reading, which refuses at the first byte too many. Calls `done` once, with an error that has a `statusCode` or with the whole body. */
export const readLimitedBody = (payload: IncomingMessage, done: Done): void => {
  let size = 0;
  let chunks: Buffer[] = [];
  const finish = (error: Error | null, body?: Buffer): void => {
    payload.removeListener('data', onData).removeListener('end', onEnd).removeListener('error', onError);
    done(error, body);
  };
  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    else chunks = [];
    if (size > DRAIN_LIMIT_BYTES) finish(refusal(413));
  };
  const onEnd = (): void => (size > MAX_BODY_BYTES ? finish(refusal(413)) : finish(null, Buffer.concat(chunks)));
  const onError = (): void => finish(refusal(400));
  payload.on('data', onData).on('end', onEnd).on('error', onError);
};

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The bytes of the body as they came; empty where there was none. */
export const rawBodyOf = ({ body }: FastifyRequest): Buffer => (Buffer.isBuffer(body) ? body : Buffer.alloc(0));

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

const parse = (bytes: Buffer): unknown => {
  try {
    const text = decoder.decode(bytes).trim();
    return text === '' ? {} : (JSON.parse(text) as unknown);
  } catch {
    throw invalidField('body', 'This is not valid JSON in UTF-8.');
  }
};

/**
 * The body as a JSON object; no body is an empty one. Parsed here and not by Fastify, so that a stranger's bad JSON is 401 and
 * that calls without a body never look at what a client sends along.
 */
export const jsonBodyOf = (request: FastifyRequest): Readonly<Record<string, unknown>> => {
  const body = parse(rawBodyOf(request));
  if (!isObject(body)) throw invalidField('body', 'The body must be a JSON object.');
  return body;
};
