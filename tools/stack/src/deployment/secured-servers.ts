import { join } from 'node:path';
import { projectFolder } from '../project-folder.js';
import { type NatsOptions, startNats } from '../servers/nats-server.js';
import { type RedisOptions, startRedis } from '../servers/redis-server.js';
import type { StackServer } from '../servers/stack-server.js';
import type { DeploymentFiles } from './deployment-files.js';

/** NATS with the users and permissions of deploy/nats/nats.conf. */
export const startSecuredNats = (files: DeploymentFiles, options: Omit<NatsOptions, 'configFile' | 'env'> = {}): Promise<StackServer> =>
  startNats({ ...options, configFile: join(projectFolder(), 'deploy/nats/nats.conf'), env: files.natsEnvironment() });

/** Redis or Valkey with the settings and users of deploy/redis. */
export const startSecuredRedis = (files: DeploymentFiles, options: Omit<RedisOptions, 'configFile'> = {}): Promise<StackServer> =>
  startRedis({ ...options, configFile: join(projectFolder(), 'deploy/redis/redis.conf'), args: ['--aclfile', files.redisAclFile, ...(options.args ?? [])] });
