import { resolve } from 'node:path';
import {
  type AdminSettings,
  type GatewayLimits,
  type HttpSettings,
  type LogLevel,
  readAdminSettings,
  readCacheKeys,
  readDataDir,
  readGatewayLimits,
  readHashesAtOnce,
  readHttpSettings,
  readLeaseMs,
  readLogLevel,
  type SettingsReader,
} from '@app/platform';

export interface StandaloneSettings extends HttpSettings, AdminSettings, GatewayLimits {
  readonly dataDir: string;
  readonly logLevel: LogLevel;
  /** `null` for the lease that the log was created with. */
  readonly leaseMs: number | null;
  readonly cacheKeys: number;
  readonly hashesAtOnce: number;
}

export const readStandaloneSettings = (reader: SettingsReader): StandaloneSettings => ({
  ...readHttpSettings(reader),
  ...readAdminSettings(reader),
  dataDir: resolve(readDataDir(reader)),
  logLevel: readLogLevel(reader, 'warn'),
  leaseMs: readLeaseMs(reader),
  cacheKeys: readCacheKeys(reader),
  hashesAtOnce: readHashesAtOnce(reader),
  ...readGatewayLimits(reader),
});
