// How much of what this machine can do is left to a validation process of its own? Over HTTP beside bare node:http, over NATS beside a
// bare responder that does the same work. Every answer comes from memory. BENCH_ROUNDS, BENCH_SECONDS, BENCH_CONNECTIONS, BENCH_KEYS
// change its size.
import { type ServiceReplica, startSecuredNats } from '@tools/stack';
import { startBareServer, type ValidateContents } from '../baselines/baseline-protocol.js';
import { createKeys, VALIDATE_PATH, validateText } from '../harness/backend-api.js';
import type { RunBench } from '../harness/bench.js';
import { type Figures, ratios } from '../harness/figures.js';
import { type LoadResult, ofOneKind, startLoad } from '../harness/load-protocol.js';
import { setting } from '../harness/numbers.js';
import { LOAD_CORE, scoped, SERVER_CORE, type Use } from '../harness/processes.js';
import { cpuRatiosOf, lanesOf, printResults, ratiosOf, resultsOf, type RoundResults, runRounds } from '../harness/rounds.js';
import { startNatsLoad } from './nats-load-protocol.js';
import { firstReplica, linkAs, pin, printServices, serversOf, type Services, startServices, targetOf } from './services.js';

const SUBJECT = 'keyfence.validate';
const CLIENTS = 8;

interface Size {
  readonly seconds: number;
  readonly connections: number;
  readonly rounds: number;
  readonly warmUpSeconds: number;
}

interface Bench {
  readonly use: Use;
  readonly services: Services;
  readonly node: ServiceReplica;
  readonly contents: ValidateContents;
  readonly size: Size;
}

/** The validation process alone has the server's core; NATS runs where it likes, because both subjects of a comparison need it alike. */
const place = (services: Services): ServiceReplica => {
  const { stack } = services;
  const node = firstReplica(services, 'validation');
  pin(SERVER_CORE, [node]);
  pin(LOAD_CORE, [...stack.replicas.filter((replica) => replica !== node), stack.servers.mongo, stack.servers.redis]);
  return node;
};

const toBare = (results: RoundResults<LoadResult>, name: string, bare: string) => {
  const [own, reference] = [resultsOf(results, name), resultsOf(results, bare)];
  return { ratio: ratios(ratiosOf(own, reference)), byProcessor: ratios(cpuRatiosOf(own, reference)) };
};

const overHttp = async ({ use, node, contents, size }: Bench): Promise<Figures> => {
  const wish = { kind: 'validate', path: VALIDATE_PATH, ...contents } as const;
  const [bare, name] = ['bare node:http', 'validation, HTTP'];
  const subjects = [
    { name: bare, ...use(await startBareServer({ ...wish, server: 'bare' })) },
    { name, ...targetOf(node) },
    { name: 'node:http, tuned like the route', ...use(await startBareServer({ ...wish, server: 'tuned' })) },
  ];
  const requests = ofOneKind(contents.keys.map(({ token }) => validateText(contents.backendKey, token)));
  const results = await runRounds(use(startLoad()), subjects, { seconds: size.seconds, connections: size.connections, ...requests }, size);
  console.log('\nOver HTTP. Expected of the validation process: a ratio of 0.9 or more.');
  printResults(results, { ...size, lanes: lanesOf(size.connections) });
  const { ratio, byProcessor } = toBare(results, name, bare);
  return { httpToBare: ratio, httpToBareByProcessor: byProcessor };
};

/** The bare one has a NATS server of its own with the same settings and users: the subject's queue group would share the questions out. */
const overNats = async ({ use, services: { stack }, node, contents, size }: Bench): Promise<Figures> => {
  const other = use(await startSecuredNats(stack.files));
  const [bare, name] = ['bare responder', 'validation, NATS'];
  const responder = use(
    await startBareServer({
      kind: 'validate-over-nats',
      link: linkAs(stack, 'validation', other.url),
      subject: SUBJECT,
      queue: 'validation',
      ...contents,
    }),
  );
  const subjects = [
    { name: bare, ...responder, round: { link: linkAs(stack, 'team', other.url) } },
    { name, ...targetOf(node), round: { link: linkAs(stack, 'team', stack.servers.nats.url) } },
  ];
  const questions = contents.keys.map(({ token, body }) => ({
    backendKey: contents.backendKey,
    body: JSON.stringify({ api_key_token: token }),
    answerBytes: Buffer.byteLength(body),
  }));
  const round = { seconds: size.seconds, underWay: size.connections, subject: SUBJECT, clients: CLIENTS, questions };
  const results = await runRounds(use(startNatsLoad()), subjects, round, size);
  console.log('\nOver NATS. Expected of the validation process: a ratio of 0.7 or more. Where the core is not busy, the ratio by CPU says more.');
  printResults(results, { ...size, lanes: `${String(size.connections)} questions under way on ${String(CLIENTS)} connections of another team's user` });
  const { ratio, byProcessor } = toBare(results, name, bare);
  return { natsToBare: ratio, natsToBareByProcessor: byProcessor };
};

export const benchServicesValidate: RunBench = () =>
  scoped(async (use) => {
    const size: Size = {
      seconds: setting('BENCH_SECONDS', 1.5),
      connections: setting('BENCH_CONNECTIONS', 64),
      rounds: setting('BENCH_ROUNDS', 9),
      warmUpSeconds: setting('BENCH_WARM_UP_SECONDS', 12),
    };
    const services = use(await startServices());
    const contents = { backendKey: services.backendKey, keys: await createKeys(services, setting('BENCH_KEYS', 200)) };
    const bench: Bench = { use, services, node: place(services), contents, size };
    printServices(services, 'the validation process on one core, load and everything else on another, NATS on any');
    return { figures: { ...(await overHttp(bench)), ...(await overNats(bench)) }, ...serversOf(services) };
  });
