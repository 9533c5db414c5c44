import { once } from 'node:events';
import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/**
 * Sends bytes as they are and reads until the server closes. For requests that `fetch` cannot express: no
 * Content-Length, dot segments, broken percent encoding, headers that no client would send.
 */
export const sendRaw = async (port: number, request: string | Buffer): Promise<RawAnswer> => {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  // A server that refuses early may reset the connection after its answer; the answer is what counts.
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  socket.write(request);
  await closed;
  return parse(Buffer.concat(chunks).toString('utf8'));
};

const parse = (text: string): RawAnswer => {
  const split = text.indexOf('\r\n\r\n');
  const head = split < 0 ? text : text.slice(0, split);
  const [, status = '0'] = /^HTTP\/1\.1 (\d{3})/.exec(head) ?? [];
  const rest = split < 0 ? '' : text.slice(split + 4);
  return { status: Number(status), head, body: /^transfer-encoding:\s*chunked/im.test(head) ? unchunk(rest) : rest };
};

const unchunk = (text: string): string => {
  const size = Number.parseInt(text, 16);
  const start = text.indexOf('\r\n') + 2;
  return size > 0 ? text.slice(start, start + size) + unchunk(text.slice(start + size + 2)) : '';
};

/** The text of a request; `Connection: close`, so that the end of the answer is the end of the connection. */
export const rawRequest = (method: string, target: string, headers: readonly string[], body = ''): string =>
  [`${method} ${target} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close', ...headers, '', body].join('\r\n');
