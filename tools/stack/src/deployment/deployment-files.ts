import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createServiceSecrets } from '@app/secrets';
import {
  MONGO_USERS,
  type MongoUser,
  NATS_USERS,
  natsEnvironment,
  type NatsUser,
  passwordIn,
  REDIS_USERS,
  redisAcl,
  type RedisUser,
  writePrivately,
} from './passwords.js';

/** Under which names the servers of a deployment are reached, such as `redis:6379`. */
export interface ServerHosts {
  readonly redis: string;
  /** With the options of the URL: `mongo:27017/keyfence?replicaSet=rs0`. */
  readonly mongo: string;
}

/**
 * Every secret of a deployment, in one folder for each process that may hold it:
 * `gateway`, `directory`, `keys`, `validation`, `operator`, `team` and the servers' own `nats`, `redis`, `mongo`.
 */
export class DeploymentFiles {
  readonly root: string;

  /** What exists is kept: run again it changes no secret. Without their files the deployment's log is of no use, so they belong into a backup. */
  constructor(root: string) {
    this.root = root;
    createServiceSecrets(root);
    for (const user of NATS_USERS) this.natsPassword(user);
    writePrivately(
      join(root, 'redis/users.acl'),
      redisAcl((user) => this.redisPassword(user)),
    );
  }

  folderOf(owner: string): string {
    return join(this.root, owner);
  }

  natsPasswordFile(user: NatsUser): string {
    return join(this.root, user, 'nats-password');
  }
  natsPassword(user: NatsUser): string {
    return passwordIn(this.natsPasswordFile(user));
  }
  natsEnvironment(): Readonly<Record<string, string>> {
    return natsEnvironment((user) => this.natsPassword(user));
  }

  redisPassword(user: RedisUser): string {
    return passwordIn(join(this.root, user, 'redis-password'));
  }
  get redisAclFile(): string {
    return join(this.root, 'redis/users.acl');
  }

  /** What containers read: they know the servers by names that do not change. */
  writeForContainers(hosts: ServerHosts): void {
    const exports = Object.entries(this.natsEnvironment()).map(([name, value]) => `export ${name}=${value}\n`);
    writePrivately(join(this.root, 'nats/passwords.env'), exports.join(''));
    for (const user of REDIS_USERS) writePrivately(join(this.root, user, 'redis-url'), `redis://${user}:${this.redisPassword(user)}@${hosts.redis}`);
    for (const user of MONGO_USERS) {
      const password = this.#mongoPassword(user);
      if (user !== 'root') writePrivately(join(this.root, user, 'mongodb-url'), `mongodb://${user}:${password}@${hosts.mongo}`);
    }
    const keyFile = join(this.root, 'mongo/keyfile');
    // What the members of a replica set know each other by; mongod wants one although it is alone.
    if (!existsSync(keyFile)) writePrivately(keyFile, randomBytes(256).toString('base64'));
  }

  #mongoPassword(user: MongoUser): string {
    return passwordIn(join(this.root, 'mongo', `${user}-password`));
  }
}
