// `npm run build`: installs and builds what is missing or stale. Names choose apps: `npm run build -- standalone cli`.
import { ensureBuilt, ensureInstalled, requireNode } from './prepare.mjs';

const apps = process.argv.slice(2);
requireNode();
await ensureInstalled('product');
await ensureBuilt(apps.length === 0 ? undefined : apps);
