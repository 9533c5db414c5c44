import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BadSettings } from '../settings/settings-reader.js';
import { AdminServer } from './admin-server.js';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';

describe('the admin server', () => {
  let metrics: Metrics;
  let readiness: Readiness;
  let server: AdminServer;
  const ask = (path: string, method = 'GET') => fetch(server.origin + path, { method });

  beforeEach(async () => {
    [metrics, readiness] = [new Metrics(), new Readiness()];
    server = new AdminServer(metrics, readiness);
    await server.listen('127.0.0.1', { port: 0, isDefault: false });
  });
  afterEach(() => server.close());

  it('says that the process is alive', async () => {
    const answer = await ask('/healthz');
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
      200,
      'application/json; charset=utf-8',
      'no-store',
    ]);
    expect(await answer.json()).toEqual({ status: 'ok' });
  });

  it('says whether the process is ready: 200, else 503 with what is not', async () => {
    expect((await ask('/readyz')).status).toBe(503);
    readiness.add('lease', () => null);
    const ready = await ask('/readyz');
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', checks: { lease: 'ok' } }]);
    readiness.end();
    const ending = await ask('/readyz');
    expect([ending.status, await ending.json()]).toEqual([503, { status: 'not ready', checks: { shutdown: 'The process is shutting down.', lease: 'ok' } }]);
    expect((await ask('/healthz')).status).toBe(200);
  });

  it("tells metrics in Prometheus' text format, whatever the query", async () => {
    metrics.gauge('a', 'A.', () => 1);
    const answer = await ask('/metrics?x=1');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(await answer.text()).toBe('# HELP a A.\n# TYPE a gauge\na 1\n');
  });

  it.each(['/metrics', '/healthz'])('HEAD %s has the headers of GET and no body', async (path) => {
    metrics.gauge('a', 'A.', () => 1);
    const [head, get] = await Promise.all([ask(path, 'HEAD'), ask(path)]);
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, get.headers.get('content-length'), '']);
  });

  it.each(['/', '/metrics/', '/Metrics', '/healthz/x', '//metrics', '/api/backend/v1/user/'])('GET %s is 404', async (path) => {
    expect((await ask(path)).status).toBe(404);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is 405 and says what may be asked', async (method) => {
    for (const path of ['/metrics', '/healthz', '/readyz']) {
      const answer = await ask(path, method);
      expect([path, answer.status, answer.headers.get('allow')]).toEqual([path, 405, 'GET, HEAD']);
    }
    expect((await ask('/other', method)).status).toBe(404);
  });

  it('closes although a caller keeps its connection', async () => {
    const { origin } = server;
    expect((await ask('/healthz')).status).toBe(200);
    await server.close();
    await expect(fetch(`${origin}/healthz`)).rejects.toThrow(/fetch failed/);
    await server.close();
  });

  it('on a port that was asked for and is taken, or an address that is not there, is one sentence that names the setting', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const listen = (host: string, on: number, isDefault = false): Promise<boolean> => new AdminServer(metrics, readiness).listen(host, { port: on, isDefault });
    await expect(listen('127.0.0.1', port)).rejects.toThrow(
      new BadSettings([`Port ${port} is in use. Stop what listens there, or set ADMIN_PORT to another.`]),
    );
    for (const isDefault of [true, false])
      await expect(listen('192.0.2.1', 0, isDefault)).rejects.toThrow(/^This machine has no address "192\.0\.2\.1"\. Set ADMIN_HOST/);
    await new Promise((resolve) => taken.close(resolve));
  });

  it('takes a free port where the default one is taken, and the default one where it is free', async ({ onTestFinished }) => {
    const [first, second] = [new AdminServer(metrics, readiness), new AdminServer(metrics, readiness)];
    onTestFinished(async () => void (await Promise.all([first.close(), second.close()])));
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    // At once, as two processes that start together do.
    const got = await Promise.all([first, second].map((one) => one.listen('127.0.0.1', { port, isDefault: true })));
    expect(got.filter((isDefault) => isDefault).length).toBe(1);
    expect([first.origin, second.origin].filter((origin) => origin === `http://127.0.0.1:${port}`).length).toBe(1);
    for (const { origin } of [first, second]) expect((await fetch(`${origin}/healthz`)).status).toBe(200);
  });
});
