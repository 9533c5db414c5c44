import { type EventStreamSettings, readEventStreamSettings } from '@app/adapters/nats';
import {
  type AdminSettings,
  type GatewayLimits,
  type HttpSettings,
  type ListeningSettings,
  type LogLevel,
  readAdminSettings,
  readCacheKeys,
  readGatewayLimits,
  readHashesAtOnce,
  readHttpSettings,
  readLeaseMs,
  readLogLevel,
  type SettingsReader,
} from '@app/platform';

export type ServiceName = 'gateway' | 'directory' | 'keys' | 'validation';

/** The settings of every service. */
export interface ServiceSettings extends AdminSettings {
  readonly logLevel: LogLevel;
  readonly natsUrl: string;
  readonly natsUser: string;
  /** Never shown: settings are not printed. */
  readonly natsPassword: string;
  readonly secretsDir: string;
  /** `null` for the lease that the log was created with. */
  readonly leaseMs: number | null;
}
/** Of services that read and write the log. */
export interface LogSettings {
  /** With the name and password of a database user, and the database. */
  readonly mongodbUrl: string;
  /** `null` if the read models are in the database of the URL, next to the log. */
  readonly viewsDatabase: string | null;
}
/** Of services that are nodes of the fence. */
export interface NodeSettings {
  readonly redisUrl: string;
  readonly cacheKeys: number;
}

/** The variables that say where a service answers HTTP. */
export const HTTP_SETTINGS: ListeningSettings = { host: 'HOST', port: 'PORT' };

const ofEvery = (reader: SettingsReader, service: ServiceName): ServiceSettings => ({
  natsUrl: reader.text({ name: 'NATS_URL', default: 'nats://127.0.0.1:4222', accepted: 'a URL without credentials', meaning: 'Address of NATS.' }),
  natsUser: reader.text({
    name: 'NATS_USER',
    default: service,
    accepted: 'a user of NATS',
    meaning: 'The NATS user of the service; `deploy/nats/nats.conf` lists the rights of each user.',
  }),
  natsPassword: reader.requiredOrFile({
    name: 'NATS_PASSWORD',
    what: `the password of the NATS user of ${service}`,
    accepted: 'a password',
    meaning: 'Password of that user.',
  }),
  secretsDir: reader.required({
    name: 'SECRETS_DIR',
    what: `the folder with the secrets of ${service}`,
    accepted: 'a folder',
    see: 'docs/services.md#secrets-of-a-service',
    meaning: 'Folder with the secrets of this service, made by `keyfence secrets create`.',
  }),
  ...readAdminSettings(reader),
  logLevel: readLogLevel(reader, 'info'),
  leaseMs: readLeaseMs(reader),
});

const ofLog = (reader: SettingsReader): LogSettings => ({
  mongodbUrl: reader.requiredOrFile({
    name: 'MONGODB_URL',
    what: 'the URL of the database',
    accepted: '`mongodb://` with user, password and database',
    meaning: 'Database of the log, on a replica set of one member at least.',
  }),
  viewsDatabase: reader.optionalText({
    name: 'MONGODB_VIEWS_DATABASE',
    unset: 'the database of the URL',
    accepted: 'the name of a database',
    meaning: 'Where the read models are stored.',
  }),
});

const ofNode = (reader: SettingsReader): NodeSettings => ({
  redisUrl: reader.requiredOrFile({
    name: 'REDIS_URL',
    what: 'the URL of Redis',
    accepted: '`redis://` or `rediss://` with user and password',
    meaning: 'The cache and the limits that processes share.',
  }),
  cacheKeys: readCacheKeys(reader),
});

export interface KeysSettings extends ServiceSettings, LogSettings {
  readonly events: EventStreamSettings;
}
export const readKeysSettings = (reader: SettingsReader): KeysSettings => ({
  ...ofEvery(reader, 'keys'),
  ...ofLog(reader),
  events: readEventStreamSettings(reader),
});

export interface DirectorySettings extends ServiceSettings, LogSettings {
  readonly hashesAtOnce: number;
}
export const readDirectorySettings = (reader: SettingsReader): DirectorySettings => ({
  ...ofEvery(reader, 'directory'),
  ...ofLog(reader),
  hashesAtOnce: readHashesAtOnce(reader),
});

export type ValidationSettings = ServiceSettings & NodeSettings & HttpSettings;
export const readValidationSettings = (reader: SettingsReader): ValidationSettings => ({
  ...ofEvery(reader, 'validation'),
  ...ofNode(reader),
  ...readHttpSettings(reader),
});

export type GatewaySettings = ServiceSettings & NodeSettings & HttpSettings & GatewayLimits;
export const readGatewaySettings = (reader: SettingsReader): GatewaySettings => ({
  ...ofEvery(reader, 'gateway'),
  ...ofNode(reader),
  ...readHttpSettings(reader),
  ...readGatewayLimits(reader),
});
