import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { openAdminSide, type Terminal } from './admin-side.js';

const statusOf = async (url: string): Promise<number> => (await fetch(url)).status;
const asked = (port: number) => ({ adminHost: '127.0.0.1', adminPort: { port, isDefault: false } });

const heard = (): Terminal & { readonly said: string[]; readonly warned: string[] } => {
  const [said, warned]: [string[], string[]] = [[], []];
  return { said, warned, say: (text) => void said.push(text), warn: (text) => void warned.push(text) };
};

it('from the first moment a process is alive, and it is ready only when its start is over', async () => {
  const terminal = heard();
  const admin = await openAdminSide(asked(0), terminal);
  try {
    expect([terminal.said, terminal.warned]).toEqual([[`Metrics and health: ${admin.origin ?? ''}\n`], []]);
    expect([await statusOf(`${admin.origin ?? ''}/healthz`), await statusOf(`${admin.origin ?? ''}/readyz`)]).toEqual([200, 503]);
    expect((await admin.readiness.report()).checks).toEqual({ listening: 'The server is starting.' });
    admin.serving();
    expect(await statusOf(`${admin.origin ?? ''}/readyz`)).toBe(200);
  } finally {
    await admin.close();
  }
});

it('a disabled admin address prints nothing, and closes', async () => {
  const terminal = heard();
  const admin = await openAdminSide({ adminHost: '127.0.0.1', adminPort: 'off' }, terminal);
  expect([admin.origin, terminal.said, terminal.warned]).toEqual([null, [], []]);
  await admin.close();
});

it('a default port that is taken is one sentence of warning, and the address is said as always', async ({ onTestFinished }) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const terminal = heard();
  const admin = await openAdminSide({ adminHost: '127.0.0.1', adminPort: { port, isDefault: true } }, terminal);
  onTestFinished(async () => {
    await admin.close();
    taken.close();
  });
  expect(terminal.warned).toEqual([`Port ${port} is in use, so metrics and health are on a free port; set ADMIN_PORT to choose one.\n`]);
  expect(terminal.said).toEqual([`Metrics and health: ${admin.origin ?? ''}\n`]);
});
