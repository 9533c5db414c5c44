// `npm start`: the whole of Keyfence in this one process, on an SQLite file. `npm run start:keys` and its like: one of the four services.
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, entryOf, requireNode } from './prepare.mjs';

const app = process.argv[2] ?? 'standalone';
requireNode();
ensureInstalled();
ensureBuilt();
await import(pathToFileURL(entryOf(app)).href);
