// `npm run stack:install`: installs the servers that this machine lacks (NATS, Redis, MongoDB).
import { ensureBuilt, ensureInstalled, requireNode, runBuilt } from './prepare.mjs';

requireNode();
await ensureInstalled('all');
await ensureBuilt(['stack-install']);
await runBuilt('stack-install');
