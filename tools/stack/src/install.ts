import { installedTable, installServers, mongoSentence } from './servers/install-servers.js';

// `npm run stack:install`, and the beginning of `npm test`.
const say = (text: string): void => void process.stderr.write(`${text}\n`);
try {
  const servers = await installServers(say);
  process.stdout.write(`${installedTable(servers)}${mongoSentence(servers)}`);
  process.exitCode = servers.every(({ found }) => found !== null) ? 0 : 1;
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
