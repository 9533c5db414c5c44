import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The project's own folder, from the sources as well as from what was built of them. */
export const projectFolder = (): string => {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'nest-cli.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`${import.meta.dirname} is not inside the project.`);
    folder = parent;
  }
  return folder;
};
