import type { IncomingMessage } from 'node:http';

export const BODY_LIMIT_BYTES = 64 * 1024;
/** A body over the limit is still read this far before it is refused: closing on unread bytes resets the connection, and the caller would see that instead of the 413. */
const DRAIN_LIMIT_BYTES = 1024 * 1024;

export interface BodyReceiver {
  received(body: Buffer): void;
  tooLarge(): void;
}

/**
 * Exactly one of the receiver's methods is called, or none when the caller goes away first. How long a body may take is the
 * server's `requestTimeout`.
 */
export const receiveBody = (request: IncomingMessage, receiver: BodyReceiver): void => {
  const declaredBytes = Number(request.headers['content-length']);
  // Nearly every body arrives whole with its head. One `readable` and one `read` is the cheapest way to it, and with its declared
  // length read there is no need to wait for the stream's end.
  request.once('readable', () => {
    const first: unknown = request.read();
    if (Buffer.isBuffer(first) && first.length === declaredBytes && declaredBytes <= BODY_LIMIT_BYTES) receiver.received(first);
    else readOn(request, Buffer.isBuffer(first) ? first : Buffer.alloc(0), receiver);
  });
};

const readOn = (request: IncomingMessage, first: Buffer, receiver: BodyReceiver): void => {
  let size = first.length;
  let chunks = [first];
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= BODY_LIMIT_BYTES) chunks.push(chunk);
    else chunks = [];
    if (size > DRAIN_LIMIT_BYTES) refuse();
  });
  request.on('end', () => (size > BODY_LIMIT_BYTES ? receiver.tooLarge() : receiver.received(Buffer.concat(chunks))));
  // The `readable` listener switched the stream's flow off.
  request.resume();

  const refuse = () => {
    request.removeAllListeners('data').removeAllListeners('end').pause();
    receiver.tooLarge();
  };
};
