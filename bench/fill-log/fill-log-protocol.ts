// What is asked of the program that makes a log long (fill-log.ts), and what it answers. As JSON on its stdin and stdout.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface UserGroup {
  readonly name: string;
  readonly users: number;
  readonly keysPerUser: number;
  /** How many of each user's tokens come back, evenly spread over its keys in the order of the log. Default: none. */
  readonly tokensPerUser?: number;
}

export interface FillOrder {
  /** A server has begun it, so that environment and secrets exist, and no process has it open. */
  readonly dataDir: string;
  /** Written one after another. */
  readonly groups: readonly UserGroup[];
  /** Whether the environment gives a user's keys back when the user is unblocked. Default: as it is. */
  readonly reinstateKeysOnUnblock?: boolean;
}

export interface FilledUser {
  readonly userId: string;
  readonly tokens: readonly string[];
}

export interface FilledLog {
  readonly head: number;
  readonly keys: number;
  readonly groups: Readonly<Record<string, readonly FilledUser[]>>;
}

/** `program`: the bundle of fill-log.ts. A process of its own, which leaves no memory and no open file behind. */
export const runFillLog = async (program: string, order: FillOrder): Promise<FilledLog> => {
  const child = spawn(process.execPath, ['--enable-source-maps', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.stdin.end(JSON.stringify(order));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`Filling the log ended with ${String(code)}.`);
  return JSON.parse(Buffer.concat(parts).toString()) as FilledLog;
};

export const usersOf = ({ groups }: FilledLog, name: string): readonly FilledUser[] => {
  const users = groups[name];
  if (users === undefined) throw new Error(`The log was filled without the group ${name}.`);
  return users;
};
