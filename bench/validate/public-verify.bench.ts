// How much of what this machine can do is left to a verification of a user's token by an organization's server? Beside bare servers that do
// the same work: parse, key digest, RS256, the same answer. A key is let through 300 times in 15 minutes, so the load takes a different one
// for each request: BENCH_KEYS of them, as many as a whole run needs. BENCH_ROUNDS, BENCH_SECONDS, BENCH_CONNECTIONS, BENCH_END_USERS change
// the size; BENCH_NODE_ARGS (--cpu-prof) goes to the measured server.
import { startBareServer, type VerifyWish } from '../baselines/baseline-protocol.js';
import type { RunBench } from '../harness/bench.js';
import { overRounds, ratios } from '../harness/figures.js';
import { ofOneKind, startLoad } from '../harness/load-protocol.js';
import { inTurn, setting } from '../harness/numbers.js';
import { scoped } from '../harness/processes.js';
import { lanesOf, printResults, ratiosOf, resultsOf, runRounds } from '../harness/rounds.js';
import { type StandaloneServer, startStandalone } from '../harness/standalone.js';
import { createOrganization, createEndUsers, logIn, signingKeyOf, VERIFY_PATH, verified, verifyText } from '../harness/end-users.js';

const BARE = 'bare node:http, jose';
const KEYFENCE = 'Keyfence';
const SYNC = 'bare node:http, node:crypto';

interface Prepared {
  readonly wish: Omit<VerifyWish, 'check'>;
  readonly requests: readonly string[];
}

const prepare = async (keyfence: StandaloneServer): Promise<Prepared> => {
  const endUsers = await createEndUsers(keyfence, setting('BENCH_END_USERS', 50));
  const { slug, tokens } = await createOrganization(keyfence, endUsers, setting('BENCH_KEYS', 1_000));
  const accessTokens: string[] = [];
  const answers: (readonly [string, string])[] = [];
  for (const [index, { email, userId }] of endUsers.entries()) {
    const { accessToken } = await logIn(keyfence, email);
    accessTokens.push(accessToken);
    answers.push([userId, await verified(keyfence, slug, inTurn(tokens, index), accessToken)]);
  }
  return {
    wish: { kind: 'verify', path: VERIFY_PATH, jwk: await signingKeyOf(keyfence), slug, tokens, answers },
    requests: tokens.map((token, index) => verifyText(slug, token, inTurn(accessTokens, index))),
  };
};

export const benchPublicVerify: RunBench = () =>
  scoped(async (use) => {
    const rounds = setting('BENCH_ROUNDS', 11);
    const [seconds, connections] = [setting('BENCH_SECONDS', 1), setting('BENCH_CONNECTIONS', 64)];
    const keyfence = use(await startStandalone());
    const { wish, requests } = await prepare(keyfence);
    const subjects = [
      { name: BARE, ...use(await startBareServer({ ...wish, check: 'jose' })) },
      { name: KEYFENCE, port: keyfence.port, process: keyfence.process },
      { name: SYNC, ...use(await startBareServer({ ...wish, check: 'sync' })) },
    ];
    const warmUp = { warmUpSeconds: setting('BENCH_WARM_UP_SECONDS', 6) };
    const results = await runRounds(use(startLoad()), subjects, { seconds, connections, ...ofOneKind(requests) }, { rounds, ...warmUp });
    const keys = `${String(requests.length)} organization keys in turn, each within its limit`;
    console.log(`\nVerifications of users' tokens, beside the least that they need; ${keys}. Expected: a ratio of 0.7 or more.`);
    printResults(results, { rounds, seconds, lanes: lanesOf(connections) });
    return {
      figures: {
        verifications: overRounds(
          resultsOf(results, KEYFENCE).map(({ perSecond }) => perSecond),
          'a second',
        ),
        toBare: ratios(ratiosOf(resultsOf(results, KEYFENCE), resultsOf(results, BARE))),
      },
    };
  });
