import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectFolder } from '../project-folder.js';

/** As deploy/nats/nats.conf names them. */
export const NATS_USERS = ['gateway', 'directory', 'keys', 'validation', 'operator', 'team'] as const;
export type NatsUser = (typeof NATS_USERS)[number];
/** As deploy/redis/users.acl names them. */
export const REDIS_USERS = ['gateway', 'validation'] as const;
export type RedisUser = (typeof REDIS_USERS)[number];
/** `root` makes the other users when the database is set up. */
export const MONGO_USERS = ['directory', 'keys', 'root'] as const;
export type MongoUser = (typeof MONGO_USERS)[number];

// A letter first: nats.conf reads what begins with a digit as a number. Nothing that a URL or a shell would need to escape.
const newPassword = (): string => `k${randomBytes(24).toString('hex')}`;

/** Whole or not at all, for its owner only. */
export const writePrivately = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
  renameSync(draft, path);
};

/** Reads a password, or makes it where there is none. */
export const passwordIn = (path: string): string => {
  if (!existsSync(path)) writePrivately(path, newPassword());
  return readFileSync(path, 'utf8').trim();
};

/** The environment that nats.conf needs. */
export const natsEnvironment = (passwordOf: (user: NatsUser) => string): Readonly<Record<string, string>> =>
  Object.fromEntries(NATS_USERS.map((user) => [`NATS_${user.toUpperCase()}_PASSWORD`, passwordOf(user)]));

/** The ACL file of Redis and Valkey, which holds hashes of the passwords only. */
export const redisAcl = (passwordOf: (user: RedisUser) => string): string => {
  const template = readFileSync(join(projectFolder(), 'deploy/redis/users.acl'), 'utf8');
  return REDIS_USERS.reduce(
    (text, user) => text.replaceAll(`@${user.toUpperCase()}_SHA256@`, createHash('sha256').update(passwordOf(user)).digest('hex')),
    template,
  );
};
