// `npm start`: the whole of Keyfence in this one process, on an SQLite file. `npm run start:keys` and its like: one of the four services.
import { ensureBuilt, ensureInstalled, requireNode, runBuilt } from './prepare.mjs';

const SERVICES = ['gateway', 'directory', 'keys', 'validation'];

// Taken out: the server reads what is left as its own arguments.
const [app = 'standalone'] = SERVICES.includes(process.argv[2] ?? '') ? process.argv.splice(2, 1) : [];
requireNode();
await ensureInstalled('product');
await ensureBuilt([app]);
await runBuilt(app);
