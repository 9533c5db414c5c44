// The license texts of the packages that a bundle contains: most licenses allow copies only together with their text.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const LICENSES_FILE = 'THIRD-PARTY-LICENSES.txt';

const PACKAGE_FOLDER = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//;
const LICENSE_TEXT = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

/** Folders of packages, from the paths of modules. A package that is there in two versions has two. */
export const packageFolders = (modules) => [...new Set(modules.flatMap((path) => PACKAGE_FOLDER.exec(path)?.[1] ?? []))];

const licenseOf = (folder) => {
  const { name, version, license = 'see the package' } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && LICENSE_TEXT.test(entry.name))
    .map((entry) => entry.name)
    .toSorted();
  const text = texts.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n');
  return {
    title: `${name} ${version} (${typeof license === 'string' ? license : license.type})`,
    text: text === '' ? 'The package contains no license text.' : text,
  };
};

/** One section per package: `== name version (license)`, then the texts. */
export const writeLicenses = (folder, modules) => {
  const sections = packageFolders(modules)
    .map(licenseOf)
    .toSorted((one, other) => (one.title < other.title ? -1 : 1));
  writeFileSync(join(folder, LICENSES_FILE), sections.map(({ title, text }) => `== ${title}\n\n${text}\n`).join('\n'));
};
