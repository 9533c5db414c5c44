// Puts what the gateway serves and no compiler makes beside a bundle: the Postman collection. Uses nothing but Node.
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** `target`: the folder to fill. */
export const copyReference = (target) => {
  mkdirSync(target, { recursive: true });
  copyFileSync(join(root, 'docs/postman-collection.json'), join(target, 'postman-collection.json'));
};
