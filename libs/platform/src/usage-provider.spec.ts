import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RequestOf } from '@app/messages';
import { Clock, SystemClock } from '@app/ports';
import { Controller, Get, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Metrics } from './admin/metrics.js';
import { RpcClient } from './rpc-client.js';
import { usageCounterProvider } from './usage-provider.js';
import { UsageCounter } from './usage-counter.js';

let taken: number;
let answer: () => void;
let asked: Promise<void>;
let arrived: () => void;
const rpc: Pick<RpcClient, 'call'> = {
  call: ((_subject: string, data: RequestOf<'keys.usage'>) => {
    for (const { count } of data.totals) taken = Math.max(taken, count);
    return Promise.resolve({});
  }) as unknown as RpcClient['call'],
};

@Controller()
class CountingController {
  constructor(@Inject(UsageCounter) private readonly usage: UsageCounter) {}

  /** Counts when it answers, as all code that lets a key in does. */
  @Get()
  async use(): Promise<string> {
    arrived();
    await new Promise<void>((resolve) => (answer = resolve));
    this.usage.count({ slot: null }, { keyId: 'k1', environmentId: 'e1', userId: null, orgId: null }, Date.now());
    return 'counted';
  }
}

@Module({
  controllers: [CountingController],
  providers: [
    usageCounterProvider,
    { provide: RpcClient, useValue: rpc },
    { provide: Clock, useValue: new SystemClock() },
    { provide: Metrics, useFactory: () => new Metrics() },
  ],
})
class CountingModule {}

const get = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, agent: false }, (incoming) => {
      let text = '';
      incoming
        .setEncoding('utf8')
        .on('data', (chunk: string) => (text += chunk))
        .on('end', () => resolve(text));
    })
      .on('error', reject)
      .end();
  });

describe('the counter of a process', () => {
  let app: NestFastifyApplication;
  beforeEach(async () => {
    taken = 0;
    asked = new Promise((resolve) => (arrived = resolve));
    app = await NestFactory.create<NestFastifyApplication>(CountingModule, new FastifyAdapter(), { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
  });
  afterEach(() => app.close());
  const port = (): number => (app.getHttpServer().address() as AddressInfo).port;

  it('flushes by itself from the start on', async () => {
    const answered = get(port());
    await asked;
    answer();
    expect(await answered).toBe('counted');
    await vi.waitFor(() => expect(taken).toBe(1), { timeout: 10_000 });
  });

  it('sends what was counted by the last answer of a server that closes', async () => {
    const answered = get(port());
    await asked;
    const server = app.getHttpServer();
    const closed = app.close();
    await vi.waitFor(() => expect(server.listening).toBe(false));
    answer();
    expect(await answered).toBe('counted');
    await closed;
    expect(taken).toBe(1);
  });

  it('tells its metrics', async () => {
    const text = await app.get(Metrics).text();
    for (const name of ['keyfence_usage_flushes_total', 'keyfence_usage_flush_failures_total', 'keyfence_usage_keys']) expect(text).toContain(name);
  });
});
