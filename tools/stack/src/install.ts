import { installedTable, installServers } from './servers/install-servers.js';

// `npm run stack:install`.
const servers = installServers((text) => void process.stderr.write(`${text}\n`));
process.stdout.write(installedTable(servers));
process.exit(servers.every(({ found }) => found !== null) ? 0 : 1);
