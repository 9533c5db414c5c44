import { askOverTcp } from './ask-over-tcp.js';
import { neededServer } from './find-server.js';
import { LOOPBACK } from './free-port.js';
import { type ServerOptions, StackServer } from './stack-server.js';

export interface RedisOptions extends ServerOptions {
  /** A redis.conf; address, port, folder and `args` win over what it says. */
  readonly configFile?: string;
  /** More arguments, such as `['--maxmemory', '1mb']` or `['--save', '3600 1']`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

// A server that wants a password is there as well; one that still loads its dump is not.
const THERE = /^(?:\+PONG|-NOAUTH|-NOPERM)/;

const answers = async (port: number): Promise<void> => {
  const answer = await askOverTcp(port, 'PING\r\n', (text) => text.includes('\r\n'));
  if (!THERE.test(answer.toString())) throw new Error('not ready');
};

/** Starts Valkey or Redis (nothing is written to disk unless `args` say so) and resolves when it answers PING. */
export const startRedis = (options: RedisOptions = {}): Promise<StackServer> =>
  StackServer.started(
    {
      program: neededServer('redis'),
      args: (port, dataDir) => [
        ...(options.configFile === undefined ? [] : [options.configFile]),
        '--bind',
        LOOPBACK,
        '--port',
        String(port),
        '--dir',
        dataDir,
        '--save',
        '',
        '--appendonly',
        'no',
        '--daemonize',
        'no',
        ...(options.args ?? []),
      ],
      env: options.env ?? {},
      urlOf: (port) => `redis://${LOOPBACK}:${String(port)}`,
      answers,
    },
    options,
  );
