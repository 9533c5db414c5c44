import { type FilledLog, runFillLog, type UserGroup } from '@bench/fill-log/fill-log-protocol.js';
import { bundleTool } from '../../scripts/bundle-tool.mjs';

export type { FilledUser } from '@bench/fill-log/fill-log-protocol.js';

/** Puts users and keys with real tokens into the log of a folder that a server has begun and that no process has open. */
export const fillLog = async (dataDir: string, groups: readonly UserGroup[]): Promise<FilledLog> =>
  runFillLog(await bundleTool('bench/fill-log/fill-log.ts', { name: 'fill-log' }), { dataDir, groups });
