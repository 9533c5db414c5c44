// Puts what the gateway serves and no compiler makes beside a bundle: Redoc's bundle and the Postman collection. Uses nothing but Node.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bundles = join(root, 'node_modules/redoc/bundles');

/** The only thing that Redoc fetches from elsewhere: a picture of its maker. Without it the place stays empty. */
const LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';

/** `target`: the folder to fill. */
export const copyReference = (target) => {
  const script = readFileSync(join(bundles, 'redoc.standalone.js'), 'utf8');
  if (!script.includes(LOGO)) throw new Error('This Redoc fetches another logo, or none: look what it fetches, and correct scripts/copy-reference.mjs.');
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'redoc.standalone.js'), script.replace(LOGO, 'data:,').replace(/\n\/\/# sourceMappingURL=\S+\s*$/, '\n'));
  copyFileSync(join(bundles, 'redoc.standalone.js.LICENSE.txt'), join(target, 'redoc.standalone.js.LICENSE.txt'));
  copyFileSync(join(root, 'docs/postman-collection.json'), join(target, 'postman-collection.json'));
};
