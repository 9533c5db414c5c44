import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const FILL_LOG = join(import.meta.dirname, '../../bench/fill-log.mjs');

export interface GroupOfUsers {
  readonly name: string;
  readonly users: number;
  readonly keysPerUser: number;
  /** How many of each user's tokens come back, evenly spread over its keys in the order of the log. */
  readonly tokensPerUser: number;
}

export interface FilledUser {
  readonly userId: string;
  readonly tokens: readonly string[];
}

export interface FilledLog {
  readonly head: number;
  readonly groups: Readonly<Record<string, readonly FilledUser[]>>;
}

/** Puts users and keys with real tokens into the log of a folder that a server has begun and that nobody has open. */
export const fillLog = async (dataDir: string, groups: readonly GroupOfUsers[]): Promise<FilledLog> => {
  const child = spawn(process.execPath, [FILL_LOG], { stdio: ['pipe', 'pipe', 'inherit'] });
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.stdin.end(JSON.stringify({ dataDir, groups }));
  const [code] = await once(child, 'close') as [number | null];
  if (code !== 0) throw new Error(`Filling the log ended with ${String(code)}.`);
  return JSON.parse(Buffer.concat(parts).toString()) as FilledLog;
};
