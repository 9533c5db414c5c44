import 'reflect-metadata';
import { answersArguments, createPino, endOnFaults, type PinoLogger, productVersion, readSettings, type Terminal } from '@app/platform';
import { greeting } from './greeting.js';
import { type StandaloneServer, startStandalone } from './standalone-server.js';
import { readStandaloneSettings, type StandaloneSettings } from './standalone-settings.js';

// All files created from here on are for this user alone: the data files hold addresses.
process.umask(0o077);

const giveUp = (error: unknown): never => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
};

const terminal: Terminal = { say: (text) => void process.stdout.write(text), warn: (text) => void process.stderr.write(text) };
const portOf = (origin: string | null): number | null => (origin === null ? null : Number(new URL(origin).port));

const start = async (settings: StandaloneSettings, log: PinoLogger): Promise<void> => {
  const fatal = (err: Error): never => {
    log.fatal({ context: 'process', err }, `${err.message} The process ends.`);
    process.exit(1);
  };
  // Taken apart, because the signal handler lives as long as the process, and `first` contains the first backend key.
  const { address, adminOrigin, first, leaseMs, stop: stopServer } = await startStandalone(settings, { log, fatal, terminal });
  // Before anything is printed: a reader of the address may send a signal in the next moment.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(stopServer, signal, log).then(() => process.exit(0), giveUp));
  const version = productVersion();
  log.info({ context: 'process', version, node: process.version, leaseMs, port: portOf(address), adminPort: portOf(adminOrigin) }, 'Keyfence has started.');
  process.stdout.write(greeting(address, first));
};

const stop = async (stopServer: StandaloneServer['stop'], signal: string, log: PinoLogger): Promise<void> => {
  log.info({ context: 'process', signal }, 'Keyfence is stopping.');
  await stopServer();
  log.info({ context: 'process', upSeconds: Math.round(process.uptime()) }, 'Keyfence has stopped.');
};

if (!answersArguments(process.argv.slice(2), { command: 'npm start', readSettings: readStandaloneSettings })) {
  try {
    const settings = readSettings(readStandaloneSettings, process.env);
    const log = createPino(settings.logLevel);
    endOnFaults(log);
    await start(settings, log);
  } catch (error) {
    giveUp(error);
  }
}
