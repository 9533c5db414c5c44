// How much of what this machine can do is left to a verification of a user's token by an organization's server? Beside bare servers that do
// the same work: parse, key digest, RS256, the same answer. A key is let through 300 times in 15 minutes, so the load takes a different one
// for each request: BENCH_KEYS of them, as many as a whole run needs. BENCH_ROUNDS, BENCH_SECONDS, BENCH_CONNECTIONS, BENCH_VISITORS change
// the size; BENCH_NODE_ARGS (--cpu-prof) goes to the measured server.
import { join } from 'node:path';
import { setting } from './numbers.mjs';
import { benchFolder, nextLine, scoped, SERVER_CORE, startLoad, startNode, stopNode } from './processes.mjs';
import { printResults, runRounds } from './rounds.mjs';
import { startStandalone } from './standalone.mjs';
import { createOrganization, createVisitors, logIn, signingKeyOf, VERIFY_PATH, verified, verifyText } from './visitors.mjs';

const BASELINES = [['jose', 'bare node:http, jose'], ['sync', 'bare node:http, node:crypto']];

const startBare = async (contents) => {
  const process = startNode(SERVER_CORE, join(benchFolder, 'public-verify-baseline.mjs'));
  process.say(contents);
  return { process, port: Number(await nextLine(process)), stop: () => stopNode(process) };
};

export const benchPublicVerify = (entry) =>
  scoped(async (use) => {
    const rounds = setting('BENCH_ROUNDS', 11);
    const size = { seconds: setting('BENCH_SECONDS', 1), connections: setting('BENCH_CONNECTIONS', 64), expectedStatus: 200 };
    const keyfence = use(await startStandalone(entry));
    const visitors = await createVisitors(keyfence, setting('BENCH_VISITORS', 50));
    const { slug, tokens } = await createOrganization(keyfence, visitors, setting('BENCH_KEYS', 1_000));
    const accessTokens = [];
    for (const { email } of visitors) accessTokens.push((await logIn(keyfence, email)).accessToken);
    const answers = [];
    for (const [index, accessToken] of accessTokens.entries()) answers.push([visitors[index].userId, await verified(keyfence, slug, tokens[index], accessToken)]);
    const contents = { path: VERIFY_PATH, jwk: await signingKeyOf(keyfence), slug, tokens, answers };
    const subjects = [];
    for (const [kind, name] of BASELINES) subjects.push({ name, ...use(await startBare({ kind, ...contents })) });
    subjects.splice(1, 0, { name: 'Keyfence', ...keyfence });
    const requests = tokens.map((token, index) => verifyText(slug, token, accessTokens[index % accessTokens.length]));
    const results = await runRounds(use(startLoad()), subjects, { ...size, requests }, rounds, { warmUpSeconds: setting('BENCH_WARM_UP_SECONDS', 6) });
    console.log(`\nVerifications of users' tokens, beside the least that they need; ${tokens.length} organization keys in turn, each within its limit. Expected: a ratio of 0.7 or more.`);
    printResults(results, size, rounds);
  });
