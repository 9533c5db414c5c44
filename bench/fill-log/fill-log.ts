// Makes a log long, as years of use would: users and their API keys, with real tokens, a commit each, appended in large batches.
// Everything is the product's own: its deciders, its digests and hashes under the folder's own secrets, its codec and its store. So a
// server that starts on the folder afterwards validates these tokens.
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DataLock, SqliteEventLog } from '@app/adapters/sqlite';
import { IdentifierHashes } from '@app/directory';
import {
  decideChangeSettings,
  decideCreateUser,
  decideIssueKey,
  type EnvironmentState,
  evolveUser,
  foldFor,
  freeClaim,
  tags,
  type UserState,
} from '@app/domain';
import { TokenHashes } from '@app/keys';
import { decodeCommit } from '@app/log';
import { DirectorySecrets, KeysSecrets, openSecretsFile } from '@app/secrets';
import { mintApiKeyToken, nativeSpace, newKeyId, tokenDigest } from '@app/tokens';
import type { FilledLog, FilledUser, FillOrder, UserGroup } from './fill-log-protocol.js';
import { LogAppender } from './log-appender.js';

/** As the first start makes it. */
const ENVIRONMENT_NAME = 'test';
const PROFILE = {
  username: null,
  firstName: null,
  lastName: null,
  pictureUrl: null,
  legacyUserId: null,
  metadata: null,
  properties: {},
  updatePasswordRequired: false,
};

interface Filling {
  readonly claims: IdentifierHashes;
  readonly hashes: TokenHashes;
  readonly environment: EnvironmentState;
  readonly appender: LogAppender;
}

/** The one environment of the folder. */
const environmentIn = async (log: SqliteEventLog): Promise<EnvironmentState> => {
  const named = (await log.readTagged(tags.environmentName(ENVIRONMENT_NAME))).map(decodeCommit);
  const created = named.flatMap(({ events }) => events).find((event) => event.type === 'environment.created.v1');
  if (created === undefined) throw new Error('The folder has no environment yet: start the server on it once.');
  const tag = tags.env(created.data.environmentId);
  const fold = foldFor('env-', tag);
  let state = fold.initial;
  for (const { events, pos, at } of (await log.readTagged(tag)).map(decodeCommit)) for (const event of events) state = fold.evolve(state, event, { pos, at });
  return state as EnvironmentState;
};

const createUser = async ({ claims, environment: { environmentId }, appender }: Filling): Promise<UserState> => {
  const userId = randomUUID();
  const email = `user-${userId}@example.test`;
  const emailTag = claims.emailTag(environmentId, email);
  const wanted = {
    userId,
    environmentId,
    email,
    emailTag,
    emailConfirmed: false,
    profile: PROFILE,
    usernameTag: null,
    canCreateOrgs: false,
    sealedPasswordHash: null,
  };
  const {
    pos,
    at,
    events: [created],
  } = await appender.append(decideCreateUser(wanted, { emailClaim: freeClaim, usernameClaim: null }));
  const user = created === undefined ? null : evolveUser(null, created, { pos, at });
  if (user === null) throw new Error('The decider made no user.');
  return user;
};

const issueKey = async ({ hashes, environment, appender }: Filling, user: UserState): Promise<string> => {
  const { environmentId } = environment;
  const keyId = newKeyId();
  const token = mintApiKeyToken(keyId, '').reveal();
  const { tokenTag, pepperId } = hashes.newest(tokenDigest(nativeSpace(environmentId), token));
  const wanted = {
    keyId,
    environmentId,
    origin: 'backend',
    tokenTag,
    pepperId,
    tokenPrefix: null,
    userId: user.userId,
    orgId: null,
    creatorId: null,
    expiresAtMs: null,
    metadata: null,
    displayName: null,
    imported: false,
  } as const;
  await appender.append(decideIssueKey(wanted, { environment, user, organization: null, creator: null, tokenClaim: freeClaim }, appender.at));
  return token;
};

const fillUser = async (filling: Filling, { keysPerUser, tokensPerUser = 0 }: UserGroup): Promise<FilledUser> => {
  const user = await createUser(filling);
  const tokens: string[] = [];
  const wanted = Math.min(tokensPerUser, keysPerUser);
  for (let index = 0; index < keysPerUser; index += 1) {
    const token = await issueKey(filling, user);
    if (tokens.length < Math.floor(((index + 1) * wanted) / keysPerUser)) tokens.push(token);
  }
  return { userId: user.userId, tokens };
};

const changeSettings = async ({ environment, appender }: Filling, changes: Parameters<typeof decideChangeSettings>[0]['changes']): Promise<void> => {
  const events = decideChangeSettings({ environmentId: environment.environmentId, changes }, { environment, host: null });
  if (events.length > 0) await appender.append(events);
};

const fillLog = async ({ dataDir, groups, reinstateKeysOnUnblock }: FillOrder): Promise<FilledLog> => {
  const deployment = openSecretsFile(dataDir, true);
  const lock = new DataLock(dataDir);
  const log = SqliteEventLog.open(join(dataDir, 'log.db'));
  try {
    const filling: Filling = {
      claims: new IdentifierHashes(new DirectorySecrets(deployment)),
      hashes: new TokenHashes(new KeysSecrets(deployment)),
      environment: await environmentIn(log),
      appender: await LogAppender.atHeadOf(log),
    };
    if (reinstateKeysOnUnblock !== undefined) await changeSettings(filling, { reinstateKeysOnUnblock });
    const filled: Record<string, FilledUser[]> = {};
    let keys = 0;
    for (const group of groups) {
      const users: FilledUser[] = [];
      for (let index = 0; index < group.users; index += 1) users.push(await fillUser(filling, group));
      filled[group.name] = users;
      keys += group.users * group.keysPerUser;
    }
    await filling.appender.flush();
    return { head: filling.appender.pos, keys, groups: filled };
  } finally {
    await log.close();
    lock.release();
  }
};

process.stdout.write(JSON.stringify(await fillLog(JSON.parse(await text(process.stdin)) as FillOrder)));
