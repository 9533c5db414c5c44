// `npm start`: the whole of Keyfence in this one process, on an SQLite file.
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, entryOf, requireNode } from './prepare.mjs';

requireNode();
ensureInstalled();
ensureBuilt('standalone');
await import(pathToFileURL(entryOf('standalone')).href);
