// `npm run stack`: the four services as processes over NATS, MongoDB and Redis, on this machine, without Docker.
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, entryOf, requireNode } from './prepare.mjs';

requireNode();
ensureInstalled();
ensureBuilt();
await import(pathToFileURL(entryOf('stack')).href);
