// `npm run stack:install`: puts the servers that this machine lacks (NATS, Redis, MongoDB) into .servers/bin.
import { pathToFileURL } from 'node:url';
import { dirname, join } from 'node:path';
import { ensureBuilt, ensureInstalled, entryOf, requireNode } from './prepare.mjs';

requireNode();
ensureInstalled();
ensureBuilt();
await import(pathToFileURL(join(dirname(entryOf('stack')), 'install.js')).href);
