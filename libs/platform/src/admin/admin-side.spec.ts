import { expect, it } from 'vitest';
import { openAdminSide } from './admin-side.js';

const statusOf = async (url: string): Promise<number> => (await fetch(url)).status;

it('from the first moment a process is alive, and it is ready only when its start is over', async () => {
  const said: string[] = [];
  const admin = await openAdminSide({ adminHost: '127.0.0.1', adminPort: 0 }, (text) => void said.push(text));
  try {
    expect(said).toEqual([`Metrics and health: ${admin.origin ?? ''}\n`]);
    expect([await statusOf(`${admin.origin ?? ''}/healthz`), await statusOf(`${admin.origin ?? ''}/readyz`)]).toEqual([200, 503]);
    expect((await admin.readiness.report()).checks).toEqual({ listening: 'The server is starting.' });
    admin.serving();
    expect(await statusOf(`${admin.origin ?? ''}/readyz`)).toBe(200);
  } finally {
    await admin.close();
  }
});

it('an admin address that is switched off says nothing, and closes', async () => {
  const said: string[] = [];
  const admin = await openAdminSide({ adminHost: '127.0.0.1', adminPort: 'off' }, (text) => void said.push(text));
  expect([admin.origin, said]).toEqual([null, []]);
  await admin.close();
});
