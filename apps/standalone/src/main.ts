import 'reflect-metadata';
import { greeting } from './greeting.js';
import { startStandalone } from './standalone-server.js';
import { readStandaloneSettings } from './standalone-settings.js';

// Whatever is made from here on is for this user alone: the data files hold addresses.
process.umask(0o077);

const giveUp = (error: unknown): never => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
};

try {
  const server = await startStandalone(readStandaloneSettings(process.env), giveUp);
  process.stdout.write(greeting(server.address, server.first));
  const stop = (): void => void server.stop().then(() => process.exit(0), giveUp);
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  giveUp(error);
}
