// `npm run stack`: the four services as processes over NATS, MongoDB and Redis, on this machine, without Docker.
import { ensureBuilt, ensureInstalled, requireNode, runBuilt } from './prepare.mjs';

requireNode();
await ensureInstalled('product');
await ensureBuilt();
await runBuilt('stack');
