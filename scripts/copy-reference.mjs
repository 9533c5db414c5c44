// Puts into dist/reference what the gateway serves and no compiler makes: Redoc's bundle and the Postman collection. Uses nothing but Node.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bundles = join(root, 'node_modules/redoc/bundles');
const target = join(root, 'dist/reference');

/** The only thing that Redoc fetches from elsewhere: a picture of its maker. Without it the place stays empty. */
const LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';

const script = readFileSync(join(bundles, 'redoc.standalone.js'), 'utf8');
if (!script.includes(LOGO)) {
  process.stderr.write('This Redoc fetches another logo, or none: look what it fetches, and mend scripts/copy-reference.mjs.\n');
  process.exit(1);
}
mkdirSync(target, { recursive: true });
writeFileSync(join(target, 'redoc.standalone.js'), script.replace(LOGO, 'data:,').replace(/\n\/\/# sourceMappingURL=\S+\s*$/, '\n'));
copyFileSync(join(bundles, 'redoc.standalone.js.LICENSE.txt'), join(target, 'redoc.standalone.js.LICENSE.txt'));
copyFileSync(join(root, 'docs/postman-collection.json'), join(target, 'postman-collection.json'));
