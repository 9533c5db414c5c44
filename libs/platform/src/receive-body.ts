import type { IncomingMessage } from 'node:http';

export const BODY_LIMIT_BYTES = 64 * 1024;
/** A body over the limit is still read this far before it is refused: closing on unread bytes resets the connection, and the caller, or a proxy in front, would see that instead of the 413. */
const DRAIN_LIMIT_BYTES = 1024 * 1024;

export interface BodyReceiver {
  received(body: Buffer): void;
  tooLarge(): void;
  /** The connection failed within the body. Left out if there is nothing to answer then. */
  readonly incomplete?: () => void;
}

/**
 * The only function that reads a request's body, up to 64 KiB. Calls one of the receiver's methods once, or none if the caller disconnects first and the
 * receiver does not ask for that. How long a body may take is the server's `requestTimeout`.
 */
export const receiveBody = (request: IncomingMessage, receiver: BodyReceiver): void => {
  // Without the fast path: a caller that asks for failures may come late, when an empty body has ended without becoming readable.
  if (receiver.incomplete !== undefined) readOn(request, [], failingTo(request, receiver, receiver.incomplete));
  else receive(request, receiver);
};

/** Once a body was received, a failure of its connection is no longer about the body. */
const failingTo = (request: IncomingMessage, receiver: BodyReceiver, incomplete: () => void): BodyReceiver => {
  request.once('error', incomplete);
  return {
    received: (body) => {
      request.removeListener('error', incomplete);
      receiver.received(body);
    },
    tooLarge: () => {
      request.removeListener('error', incomplete);
      receiver.tooLarge();
    },
  };
};

const receive = (request: IncomingMessage, receiver: BodyReceiver): void => {
  const declaredBytes = Number(request.headers['content-length']);
  // Nearly every body arrives whole, together with its headers. One `readable` and one `read` is the cheapest way to it, and with its declared
  // length read there is no need to wait for the stream's end.
  request.once('readable', () => {
    const first: unknown = request.read();
    if (Buffer.isBuffer(first) && first.length === declaredBytes && declaredBytes <= BODY_LIMIT_BYTES) receiver.received(first);
    else readOn(request, Buffer.isBuffer(first) ? [first] : [], receiver);
  });
};

const readOn = (request: IncomingMessage, first: readonly Buffer[], receiver: BodyReceiver): void => {
  let size = first.reduce((sum, { length }) => sum + length, 0);
  let chunks = [...first];
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= BODY_LIMIT_BYTES) chunks.push(chunk);
    else chunks = [];
    if (size > DRAIN_LIMIT_BYTES) refuse();
  });
  request.on('end', () => (size > BODY_LIMIT_BYTES ? receiver.tooLarge() : receiver.received(Buffer.concat(chunks))));
  // The `readable` listener has paused the stream.
  request.resume();

  const refuse = () => {
    request.removeAllListeners('data').removeAllListeners('end').pause();
    receiver.tooLarge();
  };
};
