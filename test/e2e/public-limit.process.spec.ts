import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, objectOf } from '@test/support/clients/backend-api.js';
import { OrganizationStage, type StagedMember, type StagedOrg } from './organization-stage.js';
import { StackServer } from '@test/support/servers/stack-server.js';
import { StandaloneServer } from '@test/support/servers/standalone-process.js';
import { modesOfRun } from '@test/support/servers/tested-modes.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

const LIMIT = 300;
const WINDOW_SECONDS = 15 * 60;

const headerOf = ({ headers }: Answer, name: string): number => Number(headers.get(name) ?? Number.NaN);
const sorted = (values: readonly number[]): readonly number[] => [...values].sort((left, right) => left - right);
const upTo = (end: number): readonly number[] => Array.from({ length: end }, (_, index) => index);

const modes = modesOfRun<{ readonly name: string; readonly start: () => Promise<TestedServer> }>([
  { name: 'one process', start: () => StandaloneServer.started() },
  { name: 'two gateways', start: () => StackServer.started({ replicas: { gateway: 2 } }) },
]);

describe.each(modes)('the limit of an organization’s key, $name', ({ start }) => {
  let server: TestedServer;
  let stage: OrganizationStage;
  let org: StagedOrg;
  let owner: StagedMember;

  beforeAll(async () => {
    server = await start();
    stage = OrganizationStage.of(server);
    org = await stage.newOrg();
    owner = await stage.newMember(org);
  });
  afterAll(() => server?.remove());

  it('of 400 requests at once exactly 300 are let through, and no header lies', async () => {
    const { token } = await stage.newKey(owner, org);
    const beganSeconds = Date.now() / 1000;
    const answers = await Promise.all(
      upTo(400).map((index) => {
        if (index % 4 === 0) return stage.verify('no token', token, org);
        return index % 4 === 1 ? stage.ask('GET', '/users/nobody', token, org.slug) : stage.ask('GET', '/org', token, org.slug);
      }),
    );
    const endedSeconds = Date.now() / 1000;
    const [passed, refused] = [answers.filter(({ status }) => status !== 429), answers.filter(({ status }) => status === 429)];
    expect([passed.length, refused.length]).toEqual([LIMIT, 400 - LIMIT]);
    expect(sorted(passed.map((answer) => headerOf(answer, 'x-ratelimit-remaining')))).toEqual(upTo(LIMIT));
    expect(new Set(refused.map((answer) => headerOf(answer, 'x-ratelimit-remaining')))).toEqual(new Set([0]));
    for (const answer of answers) {
      const reset = headerOf(answer, 'x-ratelimit-reset');
      expect([headerOf(answer, 'x-ratelimit-limit'), Number.isInteger(reset)]).toEqual([LIMIT, true]);
      expect(reset).toBeGreaterThanOrEqual(Math.floor(beganSeconds + WINDOW_SECONDS));
      expect(reset).toBeLessThanOrEqual(Math.ceil(endedSeconds + WINDOW_SECONDS) + 1);
    }
    for (const answer of refused) {
      const seconds = headerOf(answer, 'retry-after');
      expect(answer.text).toBe(JSON.stringify({ status: 'error', message: `Rate limit exceeded. Try again in ${seconds} seconds.` }));
      expect(seconds > WINDOW_SECONDS - (endedSeconds - beganSeconds) - 1 && seconds <= WINDOW_SECONDS).toBe(true);
    }
    expect(passed.every(({ headers }) => !headers.has('retry-after'))).toBe(true);
  });

  it('each key has its own, whatever address it is used from; a caller without a key uses up no limit of a key', async () => {
    const [first, second] = [await stage.newKey(owner, org), await stage.newKey(owner, org)];
    const spent = await Promise.all(upTo(LIMIT).map(() => stage.ask('GET', '/org', first.token, org.slug)));
    expect(spent.every(({ status }) => status === 200)).toBe(true);
    const strangers = await Promise.all(upTo(50).map(() => stage.ask('GET', '/org', first.token, 'another-slug')));
    expect(
      new Set(strangers.map(({ status, headers }) => JSON.stringify([status, [...headers.keys()].filter((name) => name.startsWith('x-ratelimit'))]))),
    ).toEqual(new Set(['[401,[]]']));
    expect((await stage.ask('GET', '/org', first.token, org.slug)).status).toBe(429);
    expect(headerOf(await stage.ask('GET', '/org', second.token, org.slug), 'x-ratelimit-remaining')).toBe(LIMIT - 1);
  });

  it('what is refused does not count as use of the key; the list of keys tells when it was last used', async () => {
    const key = await stage.newKey(owner, org);
    await Promise.all(upTo(LIMIT + 20).map(() => stage.ask('GET', '/org', key.token, org.slug)));
    await expect.poll(() => stage.backend.usesOf(key.id), { timeout: 20_000 }).toBe(LIMIT);
  });
});

describe('callers without a key', () => {
  let server: StandaloneServer;
  beforeAll(async () => {
    server = await StandaloneServer.started({ env: { PLATFORM_LIMIT_PER_MINUTE: '20' } });
  });
  afterAll(() => server?.remove());

  it('are limited by address, in the envelope and with Retry-After; a known key from the same address is not', async () => {
    const stage = OrganizationStage.of(server);
    const org = await stage.newOrg();
    const { token } = await stage.backend.issueKey({ org_id: org.orgId });
    const known = await Promise.all(upTo(30).map(() => stage.ask('GET', '/org', token, org.slug)));
    expect(known.every(({ status }) => status === 200)).toBe(true);
    const strangers = await Promise.all(upTo(30).map(() => stage.ask('GET', '/org', 'nonsense', org.slug)));
    expect(sorted(strangers.map(({ status }) => status))).toEqual([...upTo(20).map(() => 401), ...upTo(10).map(() => 429)]);
    const [refused] = strangers.filter(({ status }) => status === 429);
    expect(objectOf(refused!)).toEqual({ status: 'error', message: `Rate limit exceeded. Try again in ${String(headerOf(refused!, 'retry-after'))} seconds.` });
    expect([...refused!.headers.keys()].filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
    expect((await stage.ask('GET', '/org', token, org.slug)).status).toBe(200);
  });
});
