// The last line of .ci/run, from the runner's own results: node .ci/sum-up.mjs <results of vitest> <its exit code>
import { readFileSync } from 'node:fs';

/** Suites that may skip cases, by file, and why. Everywhere else a skipped case is a failure: .ci/run installs what a plain machine lacks. */
const MAY_SKIP = new Map([]);

const [file, exitCode] = process.argv.slice(2);
const text = readFileSync(file, 'utf8');
const run = text === '' ? null : JSON.parse(text);
const passed = run?.numPassedTests ?? 0;
const failed = run?.numFailedTests ?? 0;
const skipped = (run?.numPendingTests ?? 0) + (run?.numTodoTests ?? 0);

const skips = (run?.testResults ?? []).flatMap(({ name, assertionResults }) =>
  assertionResults
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ fullName }) => ({ name, fullName, reason: [...MAY_SKIP].find(([path]) => name.endsWith(path))?.[1] })),
);
for (const { name, fullName, reason } of skips) process.stderr.write(`Skipped: ${fullName} (${name}). ${reason ?? 'That is a failure here.'}\n`);
const unexcused = skips.filter(({ reason }) => reason === undefined);
if (run !== null && run.numFailedTestSuites > 0 && failed === 0) process.stderr.write(`${run.numFailedTestSuites} suites failed to load.\n`);

const sound = run !== null && exitCode === '0' && failed === 0 && unexcused.length === 0 && passed > 0 && run.numFailedTestSuites === 0;
process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
process.exitCode = sound ? 0 : 1;
