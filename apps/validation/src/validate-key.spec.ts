import { InProcessRateLimiter } from '@app/adapters/in-process';
import { defaultSettings } from '@app/domain';
import type { FenceNode } from '@app/fence';
import { UsageCounter } from '@app/platform';
import { RateLimiter, type RateTaken } from '@app/ports';
import { mintApiKeyToken, mintBackendKey, nativeSpace, newKeyId, tokenDigest } from '@app/tokens';
import { beforeEach, describe, expect, it } from 'vitest';
import { backendKeyRecord, digestOf, ENV, envRecord, personalKey, userRecord } from '@test/support/fence/records.js';
import { settled } from '@test/support/clock/manual-clock.js';
import { keyRevoked, userChanged, World } from '@test/support/fence/world.js';
import { PresentedCall } from './presented-call.js';
import { ValidateKey } from './validate-key.js';

const limitOf = (allowPerPeriod: number) =>
  envRecord({ settings: { ...defaultSettings('https://a.test'), personalApiKeyRateLimit: { periodType: 'minutes', periodSize: 1, allowPerPeriod } } });
const BACKEND_KEY = mintBackendKey().reveal();
const TOKEN = mintApiKeyToken(newKeyId(), '').reveal();
const TRANSLATED = new Map([
  [tokenDigest('backend', BACKEND_KEY), digestOf('b')],
  [tokenDigest(nativeSpace(ENV), TOKEN), digestOf('k')],
]);
const call = (): PresentedCall => new PresentedCall('native', `Bearer ${BACKEND_KEY}`, TOKEN);

/** Counts elsewhere: its answers wait for `answerAll`. */
class DistantLimiter extends RateLimiter {
  takes = 0;
  readonly #inner: InProcessRateLimiter;
  #waiting: (() => void)[] = [];

  constructor(inner: InProcessRateLimiter) {
    super();
    this.#inner = inner;
  }
  take(...asked: Parameters<InProcessRateLimiter['take']>): Promise<RateTaken> {
    this.takes += 1;
    return new Promise((resolve) => this.#waiting.push(() => resolve(this.#inner.take(...asked))));
  }
  giveBack(counter: string): void {
    this.#inner.giveBack(counter);
  }
  forget(counter: string): void {
    this.#inner.forget(counter);
  }
  async answerAll(): Promise<void> {
    await settled();
    for (const answer of this.#waiting.splice(0)) answer();
    await settled();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

let world: World;
let node: FenceNode;
let usage: UsageCounter;
let distant: DistantLimiter;
let validate: ValidateKey;
const begin = async (environment = limitOf(2)): Promise<void> => {
  world = new World({}, [environment, userRecord('u'), personalKey('k', 'u'), backendKeyRecord('b')]);
  await world.authority.start();
  ({ node } = await world.leasedNode());
  usage = new UsageCounter({ call: () => Promise.reject(new Error('nobody')) }, world.clock);
  distant = new DistantLimiter(new InProcessRateLimiter(world.clock, 10));
  validate = validating(distant);
  await node.lookUp([digestOf('b'), digestOf('k')]);
};
const validating = (limiter: RateLimiter): ValidateKey => {
  const digest = (one: string): string => TRANSLATED.get(one) ?? one;
  return new ValidateKey({ hit: (one) => node.hit(digest(one)), resolve: (one) => node.resolve(digest(one)), now: () => node.now() }, limiter, usage);
};
/** What a route does. */
const answered = (one = call()): Promise<string> => {
  const outcome = validate.fromMemory(one);
  return outcome === null ? validate.lookUp(one).then(({ kind }) => kind) : Promise.resolve(outcome.kind);
};
beforeEach(() => begin());

describe('a count that others share', () => {
  it('takes what memory has into account once, and lets as many through as the limit', async () => {
    const outcomes = [answered(), answered(), answered()];
    await distant.answerAll();
    expect(await Promise.all(outcomes)).toEqual(['valid', 'valid', 'limited']);
    expect([distant.takes, usage.size]).toEqual([3, 1]);
  });

  it('is waited for once too where the key must be asked for, with or without a lease', async () => {
    world.clock.pass(60_000);
    const outcomes = [answered(), answered(), answered()];
    await distant.answerAll();
    expect((await Promise.all(outcomes)).toSorted()).toEqual(['limited', 'valid', 'valid']);
    expect(distant.takes).toBe(3);
  });

  it('is not asked for a key without a limit, nor for one that is not valid: those are answered from memory', async () => {
    await begin(envRecord());
    expect(validate.fromMemory(call())).toMatchObject({ kind: 'valid' });
    await begin();
    await world.authority.barrier(world.change(keyRevoked('k'), personalKey('k', 'u', { revoked: true })), ['key-k']);
    await node.resolve(digestOf('k'));
    await world.clock.advance(1_000);
    expect(validate.fromMemory(call())).toEqual({ kind: 'invalid' });
    expect(distant.takes).toBe(0);
  });

  it('the verdict is of after it: a key that died meanwhile is invalid, and an answer shows what changed meanwhile', async () => {
    const dying = answered();
    await settled();
    await world.authority.barrier(world.change(keyRevoked('k'), personalKey('k', 'u', { revoked: true })), ['key-k']);
    await distant.answerAll();
    expect(await dying).toBe('invalid');
    expect(usage.size).toBe(0);

    await begin();
    const one = call();
    expect(validate.fromMemory(one)).toBeNull();
    const changing = validate.lookUp(one);
    await world.authority.barrier(world.change(userChanged('u'), userRecord('u', { email: 'new@example.com' })), ['user-u']);
    await distant.answerAll();
    const outcome = await changing;
    expect(outcome.kind === 'valid' ? outcome.body.latin1 : outcome.kind).toContain('new@example.com');
  });

  it('so is that on the backend key', async () => {
    const dying = answered();
    await settled();
    const revoked = { type: 'backend-key.revoked.v1', tags: ['backendkey-b'], data: { backendKeyId: 'b' } } as const;
    await world.authority.barrier(world.change(revoked, backendKeyRecord('b', { revoked: true })), ['backendkey-b']);
    await distant.answerAll();
    expect(await dying).toBe('unauthorized');
  });

  it('that outlives the lease is answered by who knows, not from memory', async () => {
    const waiting = answered();
    await settled();
    world.clock.pass(60_000);
    world.change(keyRevoked('k'), personalKey('k', 'u', { revoked: true }));
    await distant.answerAll();
    expect(await waiting).toBe('invalid');
  });
});

it('a count in this process is answered in the step that counts', () => {
  validate = validating(new InProcessRateLimiter(world.clock, 10));
  const outcomes = [1, 2, 3].map(() => validate.fromMemory(call()));
  expect(outcomes.map((outcome) => outcome?.kind)).toEqual(['valid', 'valid', 'limited']);
  expect(outcomes[2]).toEqual({ kind: 'limited', waitMs: 60_000 });
});
