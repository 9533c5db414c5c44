import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { prove, type ProofOptions } from './proof.js';
import { reportText } from './report.js';

// Started by scripts/prove.mjs, which has checked the arguments.
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    lease: { type: 'string', default: '1000' },
    commit: { type: 'string', default: 'unknown' },
    only: { type: 'string' },
    dist: { type: 'string' },
    'until-found': { type: 'boolean' },
    json: { type: 'string' },
  },
});
const options: ProofOptions = {
  seed: Number(values.seed),
  leaseMs: Number(values.lease),
  minutes: Number(values.minutes),
  untilFound: values['until-found'] ?? false,
  say: (text) => void process.stdout.write(`${text}\n`),
  ...(values.dist === undefined ? {} : { distDir: values.dist }),
  ...(values.only === undefined ? {} : { only: values.only }),
};
const report = await prove(options);
process.stdout.write(`\n${reportText(report, values.commit)}`);
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(report));
process.exit(report.violations.length === 0 ? 0 : 1);
