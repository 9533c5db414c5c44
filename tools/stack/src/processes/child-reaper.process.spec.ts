import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const PARENT = `
import { SupervisedProcess } from './supervised-process.mjs';
const plan = (name) => ({ name, command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'], env: {}, cwd: '/' });
const [first, second] = [new SupervisedProcess(plan('first')), new SupervisedProcess(plan('second'))];
await first.kill();
process.stdout.write(String(second.pid) + '\\n');
`;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const gone = async (pid: number): Promise<void> => {
  while (isAlive(pid))
    await new Promise((again) => {
      setTimeout(again, 10);
    });
};

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keyfence-reaper-'));
  const bundle = await rolldown({ input: join(import.meta.dirname, 'supervised-process.ts'), platform: 'node', logLevel: 'silent' });
  await bundle.write({ file: join(folder, 'supervised-process.mjs'), format: 'esm' });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a child process', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)('does not outlive a parent that ends by %s', async (signal) => {
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', PARENT], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(printed.toString());
    expect(isAlive(pid)).toBe(true);
    parent.kill(signal);
    await gone(pid);
  });
});
