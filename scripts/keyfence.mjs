// `npm run keyfence -- …`: the operator's command line.
import { ensureBuilt, ensureInstalled, requireNode, runBuilt } from './prepare.mjs';

requireNode();
await ensureInstalled('product');
await ensureBuilt(['cli']);
await runBuilt('cli');
