import { once } from 'node:events';
import { connect } from 'node:net';
import { AnswerReader, type HttpAnswer } from './answer-reader.js';

/**
 * Sends bytes as they are and reads until the server closes. For requests that no client can express: no
 * Content-Length, dot segments, broken percent encoding, headers that no client would send.
 */
export const sendRaw = async (port: number, request: string | Buffer): Promise<HttpAnswer> => {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  const reader = new AnswerReader();
  socket.on('data', (piece: string) => reader.push(piece));
  // A server that refuses early may reset the connection after its answer; the answer is what counts.
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  socket.write(request);
  await closed;
  return reader.rest();
};

/** The text of a request; `Connection: close`, so that the end of the answer is the end of the connection. */
export const rawRequest = (method: string, target: string, headers: readonly string[], body = ''): string =>
  [`${method} ${target} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close', ...headers, '', body].join('\r\n');
