import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePort, isFree, LOOPBACK } from './free-port.js';

describe('free ports', () => {
  it('none is given out twice while its listener may still be starting, also to those who ask at once', async () => {
    const ports = await Promise.all(Array.from({ length: 200 }, () => freePort()));
    for (let more = 0; more < 100; more += 1) ports.push(await freePort());
    expect(new Set(ports).size).toBe(300);
  });

  it('goes on forever: what was given out long ago comes again', async () => {
    for (let draw = 0; draw < 1_000; draw += 1) expect(await freePort()).toBeLessThan(32_000);
  });

  it('a port with a listener is not free', async () => {
    const port = await freePort();
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(port, LOOPBACK, resolve);
    });
    expect(await isFree(port)).toBe(false);
    await new Promise((resolve) => {
      server.close(resolve);
    });
    expect(await isFree(port)).toBe(true);
  });
});
