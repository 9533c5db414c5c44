// One process of the simulation: `simulation-worker.mjs <bundle> <options as JSON>`. Says on stdout, as JSON lines, how far it is and what it found.
import { pathToFileURL } from 'node:url';

const [bundle, options] = process.argv.slice(2);
const say = (line) => void process.stdout.write(`${JSON.stringify(line)}\n`);
const { runSchedules } = await import(pathToFileURL(bundle).href);
say(await runSchedules(JSON.parse(options), (progress) => say({ progress })));
