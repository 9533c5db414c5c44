// How much of what this machine can do is left to a validation process of its own? Over HTTP beside bare node:http, over NATS beside a
// bare responder that does the same work. Every answer comes from memory. BENCH_ROUNDS, BENCH_SECONDS, BENCH_CONNECTIONS, BENCH_KEYS
// change its size.
import { setting } from './numbers.mjs';
import { LOAD_CORE, scoped, SERVER_CORE, startBaseline, startLoad } from './processes.mjs';
import { printResults, runRounds } from './rounds.mjs';
import { pin, printServices, stackBeside, startServices, subjectOf } from './services.mjs';
import { createKeys, requestText, VALIDATE_PATH } from './standalone.mjs';

const SUBJECT = 'keyfence.validate';
const CLIENTS = 8;
const WARM_UP = { warmUpSeconds: setting('BENCH_WARM_UP_SECONDS', 12) };

const asUser = (files, servers, user) => ({ servers, user, pass: files.natsPassword(user), inboxPrefix: `_INBOX_${user}` });

/** The validation process alone has the server's core; NATS runs where it likes, because both subjects of a comparison need it alike. */
const place = ({ stack }) => {
  const [node] = stack.replicasOf('validation');
  pin(SERVER_CORE, [node]);
  pin(LOAD_CORE, [...stack.replicas.filter((replica) => replica !== node), stack.servers.mongo, stack.servers.redis]);
  return node;
};

const overHttp = async (use, node, contents, size, rounds) => {
  const requests = contents.keys.map(({ token }) => requestText(contents.backendKey, token));
  const bare = use(await startBaseline('bare', VALIDATE_PATH, contents));
  const tuned = use(await startBaseline('tuned', VALIDATE_PATH, contents));
  const subjects = [{ name: 'bare node:http', ...bare }, { name: 'validation, HTTP', ...subjectOf(node) }, { name: 'node:http, tuned like the route', ...tuned }];
  const results = await runRounds(use(startLoad()), subjects, { ...size, expectedStatus: 200, requests }, rounds, WARM_UP);
  console.log('\nOver HTTP. Expected of the validation process: a ratio of 0.9 or more.');
  printResults(results, size, rounds);
};

/** The bare one has a NATS server of its own with the same settings and users: the subject's queue group would share the questions out. */
const overNats = async (use, { stack, node, startSecuredNats }, contents, size, rounds) => {
  const { files, servers } = stack;
  const other = use(await startSecuredNats(files));
  const bare = use(await startBaseline('nats', { ...asUser(files, other.url, 'validation'), subject: SUBJECT, queue: 'validation' }, contents));
  const roundOn = ({ url }) => ({ subject: SUBJECT, clients: CLIENTS, link: asUser(files, url, 'team') });
  const subjects = [
    { name: 'bare responder', ...bare, round: roundOn(other) },
    { name: 'validation, NATS', ...subjectOf(node), round: roundOn(servers.nats) },
  ];
  const requests = contents.keys.map(({ token, body }) => (
    { backendKey: contents.backendKey, body: JSON.stringify({ api_key_token: token }), answerBytes: Buffer.byteLength(body) }));
  const results = await runRounds(use(startLoad({ script: 'nats-load.mjs' })), subjects, { ...size, requests }, rounds, WARM_UP);
  console.log('\nOver NATS. Expected of the validation process: a ratio of 0.7 or more. Where the core is not busy, the ratio by CPU says more.');
  printResults(results, { ...size, lanes: `${size.connections} questions under way on ${CLIENTS} connections of another team's user` }, rounds);
};

export const benchServicesValidate = (entry) =>
  scoped(async (use) => {
    const rounds = setting('BENCH_ROUNDS', 9);
    const size = { seconds: setting('BENCH_SECONDS', 1.5), connections: setting('BENCH_CONNECTIONS', 64) };
    const services = use(await startServices(entry));
    const contents = { backendKey: services.backendKey, keys: await createKeys(services, setting('BENCH_KEYS', 200)) };
    const node = place(services);
    printServices(services, 'the validation process on one core, load and everything else on another, NATS on any');
    await overHttp(use, node, contents, size, rounds);
    const { startSecuredNats } = await stackBeside(entry);
    await overNats(use, { ...services, node, startSecuredNats }, contents, size, rounds);
  });
