import type { DeploymentFiles } from '../deployment/deployment-files.js';
import type { RedisUser } from '../deployment/passwords.js';
import { mongoCapabilities } from '../servers/mongo-choice.js';
import { mongoDatabaseUrl } from '../servers/mongo-server.js';
import { LOOPBACK } from '../servers/free-port.js';
import type { StackServer } from '../servers/stack-server.js';

export const SERVICES = ['keys', 'directory', 'validation', 'gateway'] as const;
export type ServiceName = (typeof SERVICES)[number];
export type ServerName = 'nats' | 'mongo' | 'redis';
export type StackServers = Readonly<Record<ServerName, StackServer>>;

/** One line between a process and a server, so that something can be put between the two. */
export interface StackEdge {
  readonly service: ServiceName | 'cli';
  /** `keys-1`; `cli` for the command line. */
  readonly replica: string;
  readonly server: ServerName;
  /** Where the server really is, without credentials. */
  readonly url: string;
}

/** Gives the address that this process is to use for that server. */
export type AddressOf = (edge: StackEdge) => string | Promise<string>;

export interface ReplicaPlace {
  readonly service: ServiceName;
  /** `keys-1`. */
  readonly name: string;
  readonly port: number;
  readonly adminPort: number;
}

const DATABASE = 'keyfence';
const OF_LOG: readonly ServiceName[] = ['keys', 'directory'];
const OF_NODE: readonly ServiceName[] = ['validation', 'gateway'];

/** Answers HTTP to others than operators. */
export const isPublic = (service: ServiceName): service is RedisUser => OF_NODE.includes(service);

// Where updates are not atomic, two processes that project into the same documents would undo each other's guard by position.
const viewsOf = (place: ReplicaPlace, mongo: StackServer): Readonly<Record<string, string>> =>
  mongoCapabilities(mongo).hasAtomicUpdates ? {} : { MONGODB_VIEWS_DATABASE: `views_${place.name.replace('-', '_')}` };

const withCredentials = (url: string, user: string, password: string): string => {
  const parsed = new URL(url);
  parsed.username = user;
  parsed.password = password;
  return parsed.href;
};

/** The whole environment of one replica: what its service may know, and no more. */
export const environmentOf = async (
  place: ReplicaPlace,
  servers: StackServers,
  files: DeploymentFiles,
  addressOf: AddressOf,
): Promise<Readonly<Record<string, string>>> => {
  const { service, name, port, adminPort } = place;
  const address = (server: ServerName): string | Promise<string> => addressOf({ service, replica: name, server, url: servers[server].url });
  return {
    NATS_URL: await address('nats'),
    NATS_USER: service,
    NATS_PASSWORD_FILE: files.natsPasswordFile(service),
    SECRETS_DIR: files.folderOf(service),
    ADMIN_HOST: LOOPBACK,
    ADMIN_PORT: String(adminPort),
    ...(OF_LOG.includes(service) ? { MONGODB_URL: mongoDatabaseUrl(await address('mongo'), DATABASE), ...viewsOf(place, servers.mongo) } : {}),
    ...(service === 'gateway' ? { TRUSTED_PROXIES: 'loopback' } : {}),
    ...(isPublic(service)
      ? { REDIS_URL: withCredentials(await address('redis'), service, files.redisPassword(service)), HOST: LOOPBACK, PORT: String(port) }
      : {}),
  };
};

/** What the operator's command line needs. */
export const cliEnvironment = async (servers: StackServers, files: DeploymentFiles, addressOf: AddressOf): Promise<Readonly<Record<string, string>>> => ({
  NATS_URL: await addressOf({ service: 'cli', replica: 'cli', server: 'nats', url: servers.nats.url }),
  NATS_USER: 'operator',
  NATS_PASSWORD_FILE: files.natsPasswordFile('operator'),
  MONGODB_URL: mongoDatabaseUrl(await addressOf({ service: 'cli', replica: 'cli', server: 'mongo', url: servers.mongo.url }), DATABASE),
});
