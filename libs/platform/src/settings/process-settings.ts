import { availableParallelism } from 'node:os';
import { type ChosenPort, PORTS, type SettingsReader } from './settings-reader.js';

export interface AdminSettings {
  readonly adminHost: string;
  readonly adminPort: ChosenPort | 'off';
}

// Settings that more than one process has: each is declared here, once.

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';
const LOG_LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error'];

/** Of processes that answer HTTP. */
export interface HttpSettings {
  readonly host: string;
  readonly port: number;
}

export const readHttpSettings = (reader: SettingsReader): HttpSettings => ({
  port: reader.integer({ name: 'PORT', default: 8_080, ...PORTS, meaning: 'Port of the API; 0 for a free one.' }),
  host: reader.text({
    name: 'HOST',
    default: '127.0.0.1',
    accepted: 'an address of this machine; `0.0.0.0` for all',
    meaning: 'Address of the API, which is plain HTTP: put TLS in front of it.',
  }),
});

export const readAdminSettings = (reader: SettingsReader): AdminSettings => ({
  adminPort: reader.portOr(
    {
      name: 'ADMIN_PORT',
      default: 9_464,
      see: 'docs/operating.md#metrics-and-health',
      meaning: 'Port of metrics and health; if nothing is set and the default is in use, a free one.',
    },
    'off',
  ),
  adminHost: reader.text({
    name: 'ADMIN_HOST',
    default: '127.0.0.1',
    accepted: 'an address of this machine; `0.0.0.0` for all',
    meaning: 'Address of metrics and health, which have no password.',
  }),
});

export const readLogLevel = (reader: SettingsReader, level: LogLevel): LogLevel =>
  reader.choice({ name: 'LOG_LEVEL', default: level, meaning: 'Lowest level of the log, which is JSON lines on stderr.' }, LOG_LEVELS);

/** `null` for the lease that the log was created with. */
export const readLeaseMs = (reader: SettingsReader): number | null =>
  reader.optionalInteger({
    name: 'FENCE_LEASE_MS',
    unset: 'the lease of the log; 5000 in a new log',
    min: 1_000,
    max: 60_000,
    unit: 'ms',
    see: 'docs/operating.md#the-lease',
    meaning: 'Lease of the fence. It is written into a new log; later starts must set the same or leave it out.',
  });

/** As it was written: `resolve` makes it a path. */
export const readDataDir = (reader: SettingsReader): string =>
  reader.text({
    name: 'DATA_DIR',
    default: 'data',
    accepted: 'a folder; it is created if it is missing',
    see: 'docs/operating.md#the-data-folder',
    meaning: 'Folder of the data.',
  });

export const readCacheKeys = (reader: SettingsReader): number =>
  reader.integer({ name: 'CACHE_KEYS', default: 1_000_000, min: 3, max: 10_000_000, unit: 'records', meaning: 'How many records stay in memory.' });

/** One core is left to the thread that validates. */
const HASHES_AT_ONCE = Math.max(1, availableParallelism() - 1);

export const readHashesAtOnce = (reader: SettingsReader): number =>
  reader.optionalInteger({
    name: 'HASHES_AT_ONCE',
    unset: 'one fewer than cores, at least 1',
    min: 1,
    max: 64,
    unit: 'hashes',
    meaning: 'How many passwords are hashed at the same time; others wait in a short queue, and beyond it callers get 429.',
  }) ?? HASHES_AT_ONCE;

/** Of processes that answer every API. */
export interface GatewayLimits {
  readonly platformLimitPerMinute: number;
  /** The proxies whose `X-Forwarded-For` and `X-Forwarded-Host` are trusted: addresses, networks, or `loopback`, `linklocal`, `uniquelocal`. */
  readonly trustedProxies: readonly string[];
}

export const readGatewayLimits = (reader: SettingsReader): GatewayLimits => ({
  platformLimitPerMinute: reader.integer({
    name: 'PLATFORM_LIMIT_PER_MINUTE',
    default: 6_000,
    min: 1,
    max: 1_000_000_000,
    unit: 'calls',
    meaning: 'Calls per backend key and minute, over all processes together; validations do not count.',
  }),
  trustedProxies: reader.list({
    name: 'TRUSTED_PROXIES',
    unset: 'none',
    accepted: 'addresses and networks separated by commas, or `loopback`, `linklocal`, `uniquelocal`',
    see: 'docs/operating.md#behind-a-proxy',
    meaning: 'Proxies whose `X-Forwarded-For` and `X-Forwarded-Host` are believed; behind one that is not named, all callers count as one address.',
  }),
});
