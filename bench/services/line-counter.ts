// Something between a process and a server that lets everything through and counts what the process sends: for NATS by message, for any
// server by bytes and by pieces (what one read gave; several packets may be one piece, never the reverse by much).
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Stoppable } from '../harness/processes.js';

const CRLF = '\r\n';

/** Of one connection: the client's side of the NATS protocol. `said` is told each thing, wherever its bytes were cut. */
const natsReader = (said: (what: string) => void): ((piece: Buffer) => void) => {
  let pending = '';
  return (piece) => {
    pending += piece.toString('latin1');
    for (let end = pending.indexOf(CRLF); end >= 0; end = pending.indexOf(CRLF)) {
      const [operation = '', subject = '', ...rest] = pending.slice(0, end).split(' ');
      const published = operation === 'PUB' || operation === 'HPUB';
      const length = end + CRLF.length + (published ? Number(rest.at(-1)) + CRLF.length : 0);
      if (pending.length < length) return;
      pending = pending.slice(length);
      said(published ? `${operation} ${subject}` : operation);
    }
  };
};

/** What a process sent, and for NATS how often it said what. */
export class Sent {
  bytes = 0;
  pieces = 0;
  readonly said = new Map<string, number>();

  say(what: string): void {
    this.said.set(what, (this.said.get(what) ?? 0) + 1);
  }
}

export interface CountedLine extends Stoppable {
  /** Leads to the server. */
  readonly url: string;
  /** Since the last `reset()`. */
  readonly sent: Sent;
  reset(): void;
}

const join = (near: Socket, far: Socket, open: Set<Socket>): void => {
  near.pipe(far).pipe(near);
  for (const [socket, other] of [
    [near, far],
    [far, near],
  ] as const) {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      open.delete(socket);
      other.destroy();
    });
  }
};

export const countLine = async (url: string, { nats }: { readonly nats: boolean }): Promise<CountedLine> => {
  const target = new URL(url);
  const to = { host: target.hostname, port: Number(target.port), noDelay: true };
  const open = new Set<Socket>();
  let sent = new Sent();
  const server = createServer({ noDelay: true }, (near) => {
    const read = nats ? natsReader((what) => sent.say(what)) : () => undefined;
    near.on('data', (piece: Buffer) => {
      sent.bytes += piece.length;
      sent.pieces += 1;
      read(piece);
    });
    join(near, connect(to), open);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  target.port = String((server.address() as AddressInfo).port);
  return {
    url: target.href,
    get sent() {
      return sent;
    },
    reset: () => {
      sent = new Sent();
    },
    stop: () => {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
};
