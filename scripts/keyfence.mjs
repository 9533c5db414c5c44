// `npm run keyfence -- …`: the operator's command line.
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, entryOf, requireNode } from './prepare.mjs';

requireNode();
ensureInstalled();
ensureBuilt();
await import(pathToFileURL(entryOf('cli')).href);
