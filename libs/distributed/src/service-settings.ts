import { type EventStreamSettings, readEventStreamSettings } from '@app/adapters/nats';
import { type ListeningSettings, SettingsReader } from '@app/platform';

type Variables = Readonly<Record<string, string | undefined>>;
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';
export type ServiceName = 'gateway' | 'directory' | 'keys' | 'validation';

/** What every service is told. */
export interface ServiceSettings {
  readonly adminHost: string;
  readonly adminPort: number | 'off';
  readonly logLevel: LogLevel;
  readonly natsUrl: string;
  readonly natsUser: string;
  /** Shown to nobody: settings are never printed. */
  readonly natsPassword: string;
  readonly secretsDir: string;
  /** `null`: take what the log was created with. */
  readonly leaseMs: number | null;
}
/** Of services that read and write the log. */
export interface LogSettings {
  /** With the name and password of a database user, and the database. */
  readonly mongodbUrl: string;
  /** `null`: the read models lie in the database of the URL, beside the log. */
  readonly viewsDatabase: string | null;
}
/** Of services that are nodes of the fence. */
export interface NodeSettings {
  readonly redisUrl: string;
  readonly cacheKeys: number;
}
/** Of services that answer HTTP. */
export interface HttpSettings {
  readonly host: string;
  readonly port: number;
}

/** The variables that say where a service answers HTTP. */
export const HTTP_SETTINGS: ListeningSettings = { host: 'HOST', port: 'PORT' };

const LOG_LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error'];

const common = (reader: SettingsReader, service: ServiceName): ServiceSettings => ({
  adminHost: reader.text('ADMIN_HOST', '127.0.0.1'),
  adminPort: reader.integerOr('ADMIN_PORT', 'off', 9464, 0, 65_535),
  logLevel: reader.oneOf('LOG_LEVEL', 'info', LOG_LEVELS),
  natsUrl: reader.text('NATS_URL', 'nats://127.0.0.1:4222'),
  natsUser: reader.text('NATS_USER', service),
  natsPassword: reader.requiredOrFile('NATS_PASSWORD', `the password of the NATS user of ${service}`),
  secretsDir: reader.required('SECRETS_DIR', `the folder with the secrets of ${service}`),
  leaseMs: reader.text('FENCE_LEASE_MS', '') === '' ? null : reader.integer('FENCE_LEASE_MS', 5_000, 1_000, 60_000),
});

const ofLog = (reader: SettingsReader): LogSettings => {
  const views = reader.text('MONGODB_VIEWS_DATABASE', '');
  return { mongodbUrl: reader.requiredOrFile('MONGODB_URL', 'the URL of the database'), viewsDatabase: views === '' ? null : views };
};

const ofNode = (reader: SettingsReader): NodeSettings => ({
  redisUrl: reader.requiredOrFile('REDIS_URL', 'the URL of Redis'),
  cacheKeys: reader.integer('CACHE_KEYS', 1_000_000, 3, 10_000_000),
});

const ofHttp = (reader: SettingsReader): HttpSettings => ({
  host: reader.text('HOST', '127.0.0.1'),
  port: reader.integer('PORT', 8080, 0, 65_535),
});

const finished = <Settings>(reader: SettingsReader, settings: Settings): Settings => {
  reader.finish();
  return settings;
};

export interface KeysSettings extends ServiceSettings, LogSettings {
  readonly events: EventStreamSettings;
}
export const readKeysSettings = (env: Variables): KeysSettings => {
  const reader = new SettingsReader(env);
  return finished(reader, { ...common(reader, 'keys'), ...ofLog(reader), events: readEventStreamSettings(reader) });
};

export type DirectorySettings = ServiceSettings & LogSettings;
export const readDirectorySettings = (env: Variables): DirectorySettings => {
  const reader = new SettingsReader(env);
  return finished(reader, { ...common(reader, 'directory'), ...ofLog(reader) });
};

export type ValidationSettings = ServiceSettings & NodeSettings & HttpSettings;
export const readValidationSettings = (env: Variables): ValidationSettings => {
  const reader = new SettingsReader(env);
  return finished(reader, { ...common(reader, 'validation'), ...ofNode(reader), ...ofHttp(reader) });
};

export interface GatewaySettings extends ServiceSettings, NodeSettings, HttpSettings {
  readonly platformLimitPerMinute: number;
  /** Whose `X-Forwarded-For` and `X-Forwarded-Host` are believed: addresses, networks, or `loopback`, `linklocal`, `uniquelocal`. */
  readonly trustedProxies: readonly string[];
}
export const readGatewaySettings = (env: Variables): GatewaySettings => {
  const reader = new SettingsReader(env);
  return finished(reader, {
    ...common(reader, 'gateway'), ...ofNode(reader), ...ofHttp(reader),
    platformLimitPerMinute: reader.integer('PLATFORM_LIMIT_PER_MINUTE', 6_000, 1, 1_000_000_000),
    trustedProxies: reader.list('TRUSTED_PROXIES'),
  });
};
