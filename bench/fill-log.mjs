// Makes a log long, as years of use would: users and their API keys, with real tokens, a commit each, appended in large batches.
// Everything comes from the built product: its deciders, its digests and hashes under the folder's own secrets, its codec and its
// store. So a server that starts on the folder afterwards validates these tokens.
// The folder must have been started once (environment and secrets exist), and nothing may have it open.
// As a process: `{dataDir, groups, settings?, entry?}` as JSON on stdin, the result as JSON on stdout.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import 'reflect-metadata';

const thisFile = fileURLToPath(import.meta.url);
const BUILT = join(dirname(thisFile), '../dist/standalone/main.js');
/** Commits of one transaction. */
const BATCH = 10_000;
const PROFILE = {
  username: null, firstName: null, lastName: null, pictureUrl: null, legacyUserId: null, metadata: null, properties: {}, updatePasswordRequired: false,
};

/** The parts of the product, from beside the entry of the server that will read the log: writer and reader are of one version. */
const productBeside = async (entry) => {
  const folder = join(dirname(entry), '../../..');
  const part = (path) => import(pathToFileURL(join(folder, path)).href);
  const [domain, log, tokens, secrets, platform, sqlite, hashes, claims] = await Promise.all([
    part('libs/domain/src/index.js'), part('libs/log/src/index.js'), part('libs/tokens/src/index.js'), part('libs/secrets/src/index.js'),
    part('libs/platform/src/index.js'), part('libs/adapters/sqlite/src/index.js'), part('apps/keys/src/token-hashes.js'), part('apps/directory/src/claims.js'),
  ]);
  return { domain, log, tokens, secrets, platform, sqlite, TokenHashes: hashes.TokenHashes, Claims: claims.Claims };
};

/** Continues the chain; what it is given is durable after `flush`. */
class Appender {
  constructor(product, log, head) {
    Object.assign(this, { product, log, batch: [], pos: 0, prev: product.log.FIRST_PREV, at: 0 });
    if (head !== null) this.#moveTo(product.log.decodeCommit(head));
  }

  /** Returns when the commit has its place, most of the time long before it is stored. */
  async append(events) {
    this.at = Math.max(this.at, Date.now());
    const content = { commandId: this.product.platform.newCommandId(), requestHash: null, at: this.at, actor: 'system', events };
    const { commit, decoded } = this.product.log.prepareCommit(this.pos + 1, this.prev, content);
    this.batch.push(commit);
    this.#moveTo(decoded);
    if (this.batch.length >= BATCH) await this.flush();
    return decoded;
  }

  async flush() {
    const stored = await this.log.insert(this.batch);
    if (stored < this.batch.length) throw new Error('Somebody else wrote to the log.');
    this.batch = [];
  }

  #moveTo({ pos, hash, at }) {
    Object.assign(this, { pos, prev: hash, at });
  }
}

/** The one environment of the folder. */
const environmentIn = async ({ domain, log: { decodeCommit } }, log) => {
  const commits = (await log.readTagged(domain.tags.environmentName('test'))).map(decodeCommit);
  const created = commits.flatMap(({ events }) => events).find(({ type }) => type === 'environment.created.v1');
  if (created === undefined) throw new Error('The folder has no environment yet: start the server on it once.');
  const { environmentId } = created.data;
  const { initial, evolve } = domain.foldFor('env-', domain.tags.env(environmentId));
  const all = (await log.readTagged(domain.tags.env(environmentId))).map(decodeCommit);
  return all.flatMap(({ events, pos, at }) => events.map((event) => [event, { pos, at }])).reduce((state, [event, placed]) => evolve(state, event, placed), initial);
};

const createUser = async ({ product: { domain, Claims, secrets }, deployment, environment: { environmentId }, appender }) => {
  const userId = randomUUID();
  const email = `user-${userId}@example.test`;
  const emailTag = new Claims(new secrets.DirectorySecrets(deployment)).emailTag(environmentId, email);
  const wanted = { userId, environmentId, email, emailTag, emailConfirmed: false, profile: PROFILE, usernameTag: null, canCreateOrgs: false, sealedPasswordHash: null };
  const { pos, at, events } = await appender.append(domain.decideCreateUser(wanted, { emailClaim: domain.freeClaim, usernameClaim: null }));
  return domain.evolveUser(null, events[0], { pos, at });
};

const issueKey = async ({ product: { domain, tokens }, hashes, environment, appender }, user, metadata) => {
  const { environmentId } = environment;
  const keyId = tokens.newKeyId();
  const token = tokens.mintApiKeyToken(keyId, '').reveal();
  const { tokenTag, pepperId } = hashes.newest(tokens.tokenDigest(tokens.nativeSpace(environmentId), token));
  const wanted = {
    keyId, environmentId, origin: 'backend', tokenTag, pepperId, tokenPrefix: null, userId: user.userId, orgId: null, creatorId: null,
    expiresAtMs: null, metadata, displayName: null, imported: false,
  };
  const states = { environment, user, organization: null, creator: null, tokenClaim: domain.freeClaim };
  await appender.append(domain.decideIssueKey(wanted, states, appender.at));
  return token;
};

/** `tokensPerUser` of the user's tokens come back, evenly spread over its keys in the order of the log. */
const fillUser = async (filling, { keysPerUser, tokensPerUser = 0, metadata = null }) => {
  const user = await createUser(filling);
  const tokens = [];
  const wanted = Math.min(tokensPerUser, keysPerUser);
  for (let index = 0; index < keysPerUser; index += 1) {
    const token = await issueKey(filling, user, metadata);
    if (tokens.length < Math.floor(((index + 1) * wanted) / keysPerUser)) tokens.push(token);
  }
  return { userId: user.userId, tokens };
};

const changeSettings = async ({ product: { domain }, environment, appender }, changes) => {
  const events = domain.decideChangeSettings({ environmentId: environment.environmentId, changes }, { environment });
  if (events.length > 0) await appender.append(events);
};

/**
 * `groups`: `{name, users, keysPerUser, tokensPerUser?, metadata?}`, written one after another; `settings`: changes of the environment's.
 * Resolves to `{environmentId, head, keys, groups: {name: [{userId, tokens}]}}`.
 */
export const fillLog = async (dataDir, groups, { settings = {}, entry = BUILT } = {}) => {
  const product = await productBeside(entry);
  const deployment = product.secrets.openSecretsFile(dataDir, true);
  const hashes = new product.TokenHashes(new product.secrets.KeysSecrets(deployment));
  const lock = new product.sqlite.DataLock(dataDir);
  const log = product.sqlite.SqliteEventLog.open(join(dataDir, 'log.db'));
  try {
    const environment = await environmentIn(product, log);
    const appender = new Appender(product, log, await log.readHead());
    const filling = { product, deployment, hashes, environment, appender };
    await changeSettings(filling, settings);
    const filled = {};
    let keys = 0;
    for (const { name, users, ...each } of groups) {
      filled[name] = [];
      for (let index = 0; index < users; index += 1) filled[name].push(await fillUser(filling, each));
      keys += users * each.keysPerUser;
    }
    await appender.flush();
    return { environmentId: environment.environmentId, head: appender.pos, keys, groups: filled };
  } finally {
    await log.close();
    lock.release();
  }
};

/** The same in a process of its own, which leaves no memory and no open file behind. */
export const fillLogInChild = async (dataDir, groups, options = {}) => {
  const child = spawn(process.execPath, [thisFile], { stdio: ['pipe', 'pipe', 'inherit'] });
  const parts = [];
  child.stdout.on('data', (part) => parts.push(part));
  child.stdin.end(JSON.stringify({ dataDir, groups, ...options }));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`Filling the log ended with ${code}.`);
  return JSON.parse(Buffer.concat(parts).toString());
};

if (process.argv[1] === thisFile) {
  const parts = [];
  for await (const part of process.stdin) parts.push(part);
  const { dataDir, groups, ...options } = JSON.parse(Buffer.concat(parts).toString());
  process.stdout.write(JSON.stringify(await fillLog(dataDir, groups, options)));
}
