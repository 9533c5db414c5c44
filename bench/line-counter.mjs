// Something between a process and a server that lets everything through and counts what the process sends: for NATS by message, for any
// server by bytes and by pieces (what one read gave; several packets may be one piece, never the reverse by much).
import { connect, createServer } from 'node:net';

const CRLF = '\r\n';

/** Of one connection: the client's side of the NATS protocol. `said(operation, subject)` for each thing, wherever its bytes were cut. */
const natsReader = (said) => {
  let pending = '';
  return (piece) => {
    pending += piece.toString('latin1');
    for (let end = pending.indexOf(CRLF); end >= 0; end = pending.indexOf(CRLF)) {
      const [operation, subject = '', ...rest] = pending.slice(0, end).split(' ');
      const published = operation === 'PUB' || operation === 'HPUB';
      const length = end + CRLF.length + (published ? Number(rest.at(-1)) + CRLF.length : 0);
      if (pending.length < length) return;
      pending = pending.slice(length);
      said(published ? `${operation} ${subject}` : operation);
    }
  };
};

/** `sent`: `{bytes, pieces, said: {what: times}}` since the last `reset()`. */
export const countLine = async (url, { nats = false } = {}) => {
  const target = new URL(url);
  const [host, port] = [target.hostname, Number(target.port)];
  const line = { sent: null, reset: () => { line.sent = { bytes: 0, pieces: 0, said: {} }; } };
  line.reset();
  const sockets = new Set();
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ host, port, noDelay: true });
    const read = nats ? natsReader((what) => { line.sent.said[what] = (line.sent.said[what] ?? 0) + 1; }) : () => {};
    near.on('data', (piece) => {
      line.sent.bytes += piece.length;
      line.sent.pieces += 1;
      read(piece);
    });
    near.pipe(far).pipe(near);
    for (const [socket, other] of [[near, far], [far, near]]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  target.port = String(server.address().port);
  line.url = target.href;
  line.stop = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  };
  return line;
};
