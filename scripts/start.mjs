// `npm start`: the whole of Keyfence in this one process, on an SQLite file. `npm run start:keys` and its like: one of the four services.
import { ensureBuilt, ensureInstalled, requireNode, runBuilt } from './prepare.mjs';

const app = process.argv[2] ?? 'standalone';
requireNode();
await ensureInstalled('product');
await ensureBuilt([app]);
await runBuilt(app);
