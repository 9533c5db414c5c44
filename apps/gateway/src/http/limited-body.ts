import type { IncomingMessage } from 'node:http';

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
