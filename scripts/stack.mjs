// `npm run stack`: the four services as processes over NATS, MongoDB and Redis, on this machine, without Docker.
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, entryOf, requireNode } from './prepare.mjs';

requireNode();
ensureInstalled();
for (const app of ['keys', 'directory', 'validation', 'gateway', 'cli', 'stack']) ensureBuilt(app);
await import(pathToFileURL(entryOf('stack')).href);
