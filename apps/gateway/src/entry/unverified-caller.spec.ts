import { InProcessRateLimiter } from '@app/adapters/in-process';
import type { LookUpCaller } from '@app/fence';
import type { FastifyRequest } from 'fastify';
import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '@test/support/clock/manual-clock.js';
import { GatewayRig } from '../testing/gateway-rig.js';
import type { FenceRecords } from './fence-records.js';
import { PlatformLimit } from './limit.js';
import { UnverifiedLookUps } from './fence-records.js';

const LIMIT = 5;
const request = (ip = '192.0.2.1') => ({ ip, socket: {} }) as unknown as FastifyRequest;

describe('a look-up for an unverified caller', () => {
  let asked: (LookUpCaller | undefined)[];
  let inMemory: boolean;
  let limit: PlatformLimit;
  let lookUps: UnverifiedLookUps;
  beforeEach(() => {
    asked = [];
    inMemory = false;
    limit = new PlatformLimit(new InProcessRateLimiter(new ManualClock(), 100), LIMIT);
    const ask = (_: string, caller?: LookUpCaller) => {
      asked.push(caller);
      return Promise.resolve(null);
    };
    const records = { byDigest: ask, byName: ask, hasDigest: () => inMemory, hasName: () => inMemory } as unknown as FenceRecords;
    lookUps = new UnverifiedLookUps(records, limit);
  });
  const both = async (from = request()) => [await lookUps.byDigest(from, 'digest'), await lookUps.byName(from, 'name')];

  it('takes a place of its address, and counts nothing', async () => {
    for (let time = 0; time < 3 * LIMIT; time += 1) await both();
    expect(asked.length).toBe(6 * LIMIT);
    expect(new Set(asked.map((caller) => JSON.stringify(caller)))).toEqual(new Set(['{"verified":false,"address":"192.0.2.1"}']));
  });

  it('is not made for an address whose window is used up; another address is served', async () => {
    for (let call = 0; call < LIMIT; call += 1) await limit.take('address-192.0.2.1');
    await expect(lookUps.byDigest(request(), 'digest')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await expect(lookUps.byName(request(), 'name')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(asked).toEqual([]);
    expect(await both(request('192.0.2.2'))).toEqual([null, null]);
  });

  it('is not needed for what memory has, whatever the window says', async () => {
    inMemory = true;
    for (let call = 0; call < LIMIT; call += 1) await limit.take('address-192.0.2.1');
    expect(await both()).toEqual([null, null]);
    expect(asked).toEqual([undefined, undefined]);
  });
});

it('preflights are counted like any other call of their address: beyond the limit they get 429 and look nothing up', async () => {
  const rig = await GatewayRig.start(LIMIT);
  const preflight = () =>
    rig.send('OPTIONS', '/api/fe/v3/login_state', {
      headers: { host: 'a.example.test', origin: 'https://page.example', 'access-control-request-method': 'GET' },
    });
  const statuses: number[] = [];
  for (let call = 0; call < 2 * LIMIT; call += 1) statuses.push((await preflight()).status);
  expect([statuses.slice(0, LIMIT).includes(429), new Set(statuses.slice(LIMIT))]).toEqual([false, new Set([429])]);
  expect(Number((await preflight()).headers['retry-after'])).toBeGreaterThan(0);
  await rig.stop();
});
