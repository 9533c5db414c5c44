import { describe, expect, it } from 'vitest';
import { answeredWith, ObservedKey } from './observed-key.js';
import { Register } from './register.js';

const look = (invokedAt: number, completedAt: number) => ({ invokedAt, completedAt });
const valid = (body: object) => ({ is: 'valid' as const, body });
const refused = { is: 'refused' as const };

const block = new Register<'free' | 'held'>('free');
const role = new Register<string>('Member');
const newKey = (): ObservedKey =>
  new ObservedKey(
    { id: 'k1', token: 't', kind: 'member', expires: false },
    [{ why: 'its user was blocked', register: block }],
    [{ name: 'role', register: role, path: ['user_in_org', 'user_role'] }],
  );
const body = (n: string, shownRole = 'Member') => ({ metadata: { n }, user_in_org: { user_role: shownRole } });
const judged = (key: ObservedKey, ...[answered, span]: [Parameters<ObservedKey['judge']>[0], { invokedAt: number; completedAt: number }]) =>
  key.judge(answered, span, 'tester', 'raw');

describe('the judgment of an answer', () => {
  it('finds a key valid after its acknowledged revocation, and shows the calls', () => {
    const key = newKey();
    key.life.write('dead', 10).acknowledged(20);
    key.note({ op: 'deny', about: 'revoke', by: 'writer', outcome: 'done', invokedAt: 10, completedAt: 20 });
    expect(judged(key, valid(body('0')), look(15, 25))).toBeNull();
    expect(judged(key, refused, look(12, 13))).toBeNull();
    const breach = judged(key, valid(body('0')), look(21, 25));
    expect(breach).toMatchObject({ invariant: 'I1', what: 'The member key k1 was valid after an acknowledged denial' });
    expect(breach?.timeline).toMatch(/> .*tester/);
    expect(breach?.timeline).toContain('deny');
  });

  it('finds a refusal that nothing explains', () => {
    const key = newKey();
    expect(judged(key, refused, look(1, 2))).toMatchObject({ invariant: 'I11' });
    key.life.write('dead', 10);
    expect(judged(key, refused, look(8, 9))).toMatchObject({ invariant: 'I11' });
    expect(judged(key, refused, look(8, 11))).toBeNull();
    // Never answered: the revocation may have happened or not, forever.
    expect(judged(key, refused, look(1_000, 1_001))).toBeNull();
    expect(judged(key, valid(body('0')), look(1_002, 1_003))).toBeNull();
  });

  it('finds old metadata and an old role', () => {
    const key = newKey();
    key.metadata.write('1', 10).acknowledged(20);
    expect(judged(key, valid(body('0')), look(21, 22))).toMatchObject({
      invariant: 'I1',
      what: expect.stringContaining('showed metadata 0 where only 1 can be') as string,
    });
    expect(judged(key, valid(body('1', 'Admin')), look(21, 22))?.what).toContain('showed role Admin');
    expect(judged(key, valid(body('1')), look(21, 22))).toBeNull();
  });

  it('lets what is held back come back by a lifting, and not before', () => {
    const key = newKey();
    block.write('held', 100).acknowledged(110);
    expect(judged(key, valid(body('0')), look(111, 112))).toMatchObject({ invariant: 'I1' });
    block.write('free', 120).acknowledged(130);
    expect(judged(key, refused, look(121, 122))).toBeNull();
    expect(judged(key, refused, look(131, 132))).toMatchObject({ invariant: 'I11' });
  });

  it('takes a 503 and a lost answer for undecided, and everything else for wrong', () => {
    expect(answeredWith(503, '')).toEqual({ is: 'undecided' });
    expect(answeredWith(0, 'closed')).toEqual({ is: 'undecided' });
    expect(answeredWith(400, '{"api_key_token":"This API key is not valid."}')).toEqual({ is: 'refused' });
    for (const [status, text] of [
      [401, ''],
      [400, '{}'],
      [500, ''],
      [429, ''],
      [200, '[]'],
    ] as const)
      expect(answeredWith(status, text)).toEqual({ is: 'unexpected' });
    expect(judged(newKey(), { is: 'unexpected' }, look(1, 2))).toMatchObject({ invariant: 'I11' });
  });
});
