import { posix } from 'node:path';
import { readEventStreamSettings } from '@app/adapters/nats';
import { readDirectorySettings, readGatewaySettings, readKeysSettings, readValidationSettings } from '@app/distributed';
import { defaultText, type Setting, type SettingsRead, settingsOf } from '@app/platform';
import { readCliSettings } from '@app/cli/cli-settings.js';
import { readStandaloneSettings } from '@app/standalone/standalone-settings.js';
import { textOfPage } from '@test/support/project/code-blocks.js';
import { code, table } from './markdown.js';

const SERVICES = { directory: readDirectorySettings, gateway: readGatewaySettings, keys: readKeysSettings, validation: readValidationSettings } as const;
const ALL = Object.keys(SERVICES).join(', ');

/** Every process that reads variables, and what a person types to start it. */
export const PROCESSES: readonly (readonly [command: string, read: SettingsRead<unknown>])[] = [
  ['npm start', readStandaloneSettings],
  ...Object.entries(SERVICES).map(([service, read]) => [`npm run start:${service}`, read] as const),
  ['npm run keyfence', readCliSettings],
];

/** A link from one page to another, both from the top of the repository. None to the page itself: its reader is there already. */
const moreOf = ({ see }: Setting, page: string): string => {
  const [target = '', anchor] = (see ?? '').split('#');
  if (target === '' || target === page) return '';
  return ` [More](${posix.relative(posix.dirname(page), target)}${anchor === undefined ? '' : `#${anchor}`}).`;
};

const cellsOf = (setting: Setting, page: string): readonly string[] => [setting.accepted, `${setting.meaning}${moreOf(setting, page)}`];

const tableOf = (read: SettingsRead<unknown>, page: string): string =>
  table(
    ['Variable', 'Default', 'Accepted', 'Meaning'],
    settingsOf(read).map((setting) => [code(setting.name), defaultText(setting, code), ...cellsOf(setting, page)]),
  );

/** One row for a variable, whichever services read it. */
const tableOfServices = (page: string): string => {
  const readers = new Map<string, (readonly [service: string, setting: Setting])[]>();
  for (const [service, read] of Object.entries(SERVICES)) {
    for (const setting of settingsOf(read)) readers.set(setting.name, [...(readers.get(setting.name) ?? []), [service, setting]]);
  }
  const rows = [...readers].map(([name, found]) => {
    const services = found.map(([service]) => service).join(', ');
    const texts = new Set(found.map(([, setting]) => cellsOf(setting, page).join(' | ')));
    const [[, setting] = []] = found;
    if (setting === undefined || texts.size > 1) throw new Error(`Services say different things of ${name}.`);
    return [code(name), defaultOf(found), services === ALL ? 'all' : services, ...cellsOf(setting, page)];
  });
  return table(['Variable', 'Default', 'Read by', 'Accepted', 'Meaning'], rows);
};

const defaultOf = (found: readonly (readonly [service: string, setting: Setting])[]): string => {
  const defaults = new Set(found.map(([, setting]) => defaultText(setting, code)));
  if (found.every(([service, setting]) => setting.default === service)) return "the service's name";
  if (defaults.size > 1) throw new Error(`Services have different defaults: ${[...defaults].join(', ')}.`);
  return [...defaults].join();
};

const TABLES: Readonly<Record<string, (page: string) => string>> = {
  standalone: (page) => tableOf(readStandaloneSettings, page),
  services: tableOfServices,
  'event-stream': (page) => tableOf(readEventStreamSettings, page),
  cli: (page) => tableOf(readCliSettings, page),
};

const REGION = /<!-- settings:([a-z-]+) -->\n[\s\S]*?<!-- \/settings -->/g;

/** A hand-written page with its tables of variables as the code has them. */
export const withSettings = (page: string, text = textOfPage(page)): string =>
  text.replaceAll(REGION, (_region, name: string) => {
    const render = TABLES[name];
    if (render === undefined) throw new Error(`${page} asks for the settings of "${name}". There are those of ${Object.keys(TABLES).join(', ')}.`);
    return `<!-- settings:${name} -->\n\n${render(page)}\n\n<!-- /settings -->`;
  });

/** A page without the regions that are written from code. */
export const withoutSettings = (page: string): string => textOfPage(page).replaceAll(REGION, '');

const plain = (text: string): string => text.replaceAll('`', '');

const exampleOf = (setting: Setting): readonly string[] => [
  `# ${plain(setting.meaning)}${setting.see === null ? '' : ` See ${setting.see}.`}`,
  `# Accepted: ${plain(setting.accepted)}.${setting.default === null ? ` Default: ${setting.unset}.` : ''}`,
  `#${setting.name}=${setting.default ?? ''}`,
  '',
];

/** `.env.example`: every variable of every process, each with its default. */
export const envExample = (): string =>
  [
    '# Every variable that a process of Keyfence reads. Written by `npm run docs:generate`: change the code, not this file.',
    '# No process reads this file. Copy the lines that you need to a file `.env` and put it into the environment of the process.',
    '# In a shell: set -a; . ./.env; set +a',
    '',
    ...PROCESSES.flatMap(([command, read]) => [`# ==== ${command} ====`, '', ...settingsOf(read).flatMap(exampleOf)]),
  ].join('\n');
