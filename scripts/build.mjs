// `npm run build`: installs and builds what is missing or stale.
import { ensureAllBuilt, ensureInstalled, requireNode } from './prepare.mjs';

requireNode();
ensureInstalled();
ensureAllBuilt();
