import { join } from 'node:path';
import { askOverTcp } from './ask-over-tcp.js';
import { neededServer } from './find-server.js';
import { LOOPBACK } from './free-port.js';
import { type ServerOptions, StackServer } from './stack-server.js';

export interface NatsOptions extends ServerOptions {
  /** A nats.conf; address, port and folder given here win over what it says. */
  readonly configFile?: string;
  /** For `$NAMES` in the file. The server sees no other environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default true. */
  readonly jetStream?: boolean;
}

const answers = async (port: number): Promise<void> => {
  await askOverTcp(port, '', (greeting) => greeting.includes('\r\n') && greeting.toString().startsWith('INFO {'));
};

/** Starts a NATS server and resolves when it greets. */
export const startNats = (options: NatsOptions = {}): Promise<StackServer> =>
  StackServer.started(
    {
      program: neededServer('nats'),
      args: (port, dataDir) => [
        ...(options.configFile === undefined ? [] : ['--config', options.configFile]),
        '--addr',
        LOOPBACK,
        '--port',
        String(port),
        ...(options.jetStream === false ? [] : ['--jetstream', '--store_dir', join(dataDir, 'nats')]),
      ],
      env: options.env ?? {},
      urlOf: (port) => `nats://${LOOPBACK}:${String(port)}`,
      answers,
    },
    options,
  );
