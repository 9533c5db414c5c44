// `npm run trace -- create-api-key`: which files of ours a real request enters, in order, from the socket to the controller and beyond.
import { parseArgs } from 'node:util';
import { WALKS_BY_HAND } from '../test/arch/walks.mjs';
import { ensureInstalled, requireNode } from './prepare.mjs';
import { TRACED_REQUESTS } from './traced-requests.mjs';

const NAMES = Object.keys(TRACED_REQUESTS);
const HELP = `npm run trace -- [options] <request> ...
  Requests: ${NAMES.join(', ')}
  --json   print JSON
`;

const readArguments = () => {
  try {
    return parseArgs({ allowPositionals: true, options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${HELP}`);
    return process.exit(2);
  }
};

const listOf = (title, files) => `${title}: ${files.length}\n${files.map((file) => `     ${file}\n`).join('')}`;

const describeComparison = ({ inBoth, onlyTraced, onlyByHand }) =>
  `Before the controller, beside the ${inBoth.length + onlyByHand.length} files of test/arch/walks.mjs, which were counted by hand:

${listOf('In both', inBoth)}
${listOf('Only traced', onlyTraced)}
${listOf('Only by hand', onlyByHand)}`;

const describe = ({ request, controller, filesBeforeController, entries, packages, besideByHand }) => {
  const lines = entries.map(({ file, function: entered }, index) => {
    const place = `${String(index + 1).padStart(4)}  ${file}`;
    return file === controller ? `${place.padEnd(70)} <-- the controller` : `${place.padEnd(70)} ${entered}`;
  });
  return `${request}: ${filesBeforeController} files before the controller, ${entries.length} in all, ${packages.length} packages

${lines.join('\n')}

Packages: ${packages.join(', ')}
${besideByHand === null ? '' : `\n${describeComparison(besideByHand)}`}`;
};

const { values, positionals: names } = readArguments();
if (values.help || names.length === 0 || names.some((name) => !NAMES.includes(name))) {
  console.error(HELP);
  process.exit(values.help ? 0 : 2);
}
requireNode();
await ensureInstalled('product');
const { compareWalks, traceWalks } = await import('./request-walk.mjs');
const traced = await traceWalks(names);
const walks = traced.map((walk) => {
  const byHand = WALKS_BY_HAND[walk.request];
  return { ...walk, besideByHand: byHand === undefined ? null : compareWalks(walk, Object.keys(byHand)) };
});
console.log(values.json ? JSON.stringify(walks, null, 2) : walks.map(describe).join('\n\n'));
