import { resolve } from 'node:path';
import { SettingsReader } from '@app/platform';

export interface StandaloneSettings {
  readonly host: string;
  readonly port: number;
  readonly adminHost: string;
  readonly adminPort: number | 'off';
  readonly dataDir: string;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error';
  /** `null`: take what the log was created with. */
  readonly leaseMs: number | null;
  readonly cacheKeys: number;
  readonly platformLimitPerMinute: number;
  /** Whose `X-Forwarded-For` and `X-Forwarded-Host` are believed: addresses, networks, or `loopback`, `linklocal`, `uniquelocal`. */
  readonly trustedProxies: readonly string[];
}

export const readStandaloneSettings = (env: Readonly<Record<string, string | undefined>>): StandaloneSettings => {
  const reader = new SettingsReader(env);
  const settings: StandaloneSettings = {
    host: reader.text('HOST', '127.0.0.1'),
    port: reader.integer('PORT', 8080, 0, 65_535),
    adminHost: reader.text('ADMIN_HOST', '127.0.0.1'),
    adminPort: reader.integerOr('ADMIN_PORT', 'off', 9464, 0, 65_535),
    dataDir: resolve(reader.text('DATA_DIR', 'data')),
    logLevel: reader.oneOf('LOG_LEVEL', 'warn', ['trace', 'debug', 'info', 'warn', 'error']),
    leaseMs: env['FENCE_LEASE_MS'] === undefined ? null : reader.integer('FENCE_LEASE_MS', 5_000, 1_000, 60_000),
    cacheKeys: reader.integer('CACHE_KEYS', 1_000_000, 3, 10_000_000),
    platformLimitPerMinute: reader.integer('PLATFORM_LIMIT_PER_MINUTE', 6_000, 1, 1_000_000_000),
    trustedProxies: reader.list('TRUSTED_PROXIES'),
  };
  reader.finish();
  return settings;
};
