// `npm run bench`: validations over HTTP on the standalone server against the least that node:http and Fastify need for the same work.
import { ensureBuilt, ensureInstalled, entryOf, requireNode } from './prepare.mjs';

requireNode();
ensureInstalled();
ensureBuilt('standalone');
const { benchValidate } = await import('../bench/validate.bench.mjs');
await benchValidate(entryOf('standalone'));
process.exit(0);
