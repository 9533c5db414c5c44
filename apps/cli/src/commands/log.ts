import type { Command } from 'commander';
import { type DecodedCommit, decodeCommit } from '@app/log';
import type { EventLog } from '@app/ports';
import { OperatorMistake } from '../operator.js';
import type { Output } from '../output.js';
import type { LogFileProblem } from '../check-log-files.js';
import type { Deployment } from '../deployment.js';
import { type CommandContext, type CommonOptions, wholeNumber } from '../command-context.js';

/** Hashes and sealed values are left out: a reader does not need them. */
const HIDDEN = /Tag$|^sealed|^pepperId$/;
const visible = (commit: DecodedCommit) => ({
  pos: commit.pos,
  at: new Date(commit.at).toISOString(),
  actor: commit.actor,
  events: commit.events.map(({ type, data }) => ({ type, data: Object.fromEntries(Object.entries(data).filter(([name]) => !HIDDEN.test(name))) })),
});

const PAGE = 500;
async function* commitsFrom(log: EventLog, from: number, follow: boolean, signal: AbortSignal): AsyncGenerator<DecodedCommit> {
  for (let next = from; !signal.aborted;) {
    const page = await log.readFrom(next, PAGE);
    for (const commit of page) yield decodeCommit(commit);
    next += page.length;
    if (page.length === PAGE) continue;
    if (!follow) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const print = (output: Output, commit: DecodedCommit): void => {
  const shown = visible(commit);
  output.line(`${String(shown.pos).padStart(8)}  ${shown.at}  ${shown.actor}  ${shown.events.map(({ type }) => type).join(', ')}`, shown);
};

const sentence = ({ position, problem }: LogFileProblem): string => (position === null ? problem : `Position ${position}: ${problem}`);

const verify = async (deployment: Deployment, options: CommonOptions, output: Output): Promise<void> => {
  const { head, hash, problems, notes } = await deployment.checkLog((pos) => output.note(`… ${pos}`));
  for (const note of notes) output.note(note);
  if (problems.length === 0) return output.one({ result: 'The log is intact.', head, hash });
  if (options.json === true) output.one({ result: 'The log is damaged.', wholeUpTo: head, problems });
  throw new OperatorMistake(problems.map(sentence).join('\n'));
};

export const addLogCommands = (program: Command, context: CommandContext): void => {
  const log = program.command('log').description('The event log');
  log
    .command('tail')
    .description('Print the newest commits')
    .option('--last <count>', 'how many', '20')
    .option('--follow', 'follow the log until Ctrl-C')
    .option('--json', 'one JSON object per line')
    .action((options: CommonOptions & { last: string; follow?: boolean }) =>
      context.withLog(options, async (events, output) => {
        const last = wholeNumber('--last', options.last, 1, 1_000_000_000);
        const head = (await events.readHead())?.pos ?? 0;
        const ended = new AbortController();
        process.once('SIGINT', () => ended.abort());
        const from = Math.max(1, head - last + 1);
        for await (const commit of commitsFrom(events, from, options.follow ?? false, ended.signal)) print(output, commit);
      }),
    );
  log
    .command('verify')
    .description('Check every commit against the chain, and the files that hold them')
    .option('--json', 'for programs')
    .action((options: CommonOptions) => context.withDeployment(options, (deployment, output) => verify(deployment, options, output)));
};
