import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settings as initialSettings } from '@test/support/domain/fixtures.js';
import type { Step } from './testing/lifecycle.js';
import { Lifecycle, ORGS, USERS } from './testing/lifecycle.js';
import type { ApiKeyState } from './api-key/state.js';
import type { EnvironmentSettings } from './environment/settings.js';
import type { DomainEvent } from './log-events.js';

const userId = fc.constantFrom(...USERS);
const orgId = fc.constantFrom(...ORGS);
const key = fc.nat({ max: 5 });
const livesMs = fc.option(fc.integer({ min: 1, max: 30_000 }), { freq: 3 });
const switches = fc.record<Partial<EnvironmentSettings>>(
  {
    invalidateOrgApiKeyUponUserRemoval: fc.boolean(),
    reinstateKeysOnUnblock: fc.boolean(),
    personalApiKeysEnabled: fc.boolean(),
    orgApiKeysEnabled: fc.boolean(),
  },
  { requiredKeys: [] },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('issue'),
      userId: fc.option(userId),
      orgId: fc.option(orgId),
      creatorId: fc.option(userId),
      livesMs,
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('block', 'unblock'), userId }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete'), userId }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('join', 'leave', 'promote'), userId, orgId }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end-organization'), orgId }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('settings'), changes: switches }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('revoke'), key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire'), key, livesMs }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cascade') }) },
);
const steps = fc.array(step, { minLength: 1, maxLength: 40, size: 'max' });
const runs = { numRuns: 400 };

/** The table of kinds told as a story, without epochs: which keys are dead for good, and which users are blocked. */
class Oracle {
  readonly #dead = new Set<string>();
  readonly #blocked = new Map<string, { readonly suspends: boolean }>();
  #settings = initialSettings;

  observe(event: DomainEvent, keys: readonly ApiKeyState[]): void {
    const strict = this.#settings.invalidateOrgApiKeyUponUserRemoval;
    const kill = (isHit: (key: ApiKeyState) => boolean) => keys.filter(isHit).forEach(({ keyId }) => this.#dead.add(keyId));
    const killPersonal = (id: string) => kill((one) => one.orgId === null && one.userId === id);
    const killMade = (id: string, org?: string) =>
      kill((one) => one.orgId !== null && (org ?? one.orgId) === one.orgId && (one.userId === id || one.creatorId === id));
    if (event.type === 'environment.settings-changed.v1') this.#settings = { ...this.#settings, ...event.data.changes };
    if (event.type === 'api-key.revoked.v1') this.#dead.add(event.data.keyId);
    if (event.type === 'organization.deleted.v1') kill((one) => one.orgId === event.data.orgId);
    if (event.type === 'user.blocked.v1') this.#blocked.set(event.data.userId, { suspends: strict });
    if (event.type === 'user.unblocked.v1') {
      this.#blocked.delete(event.data.userId);
      if (!this.#settings.reinstateKeysOnUnblock) killPersonal(event.data.userId);
    }
    if (event.type === 'user.deleted.v1') {
      killPersonal(event.data.userId);
      if (strict) killMade(event.data.userId);
    }
    if (event.type === 'membership.left.v1' && strict) killMade(event.data.userId, event.data.orgId);
  }

  isValid({ keyId, orgId: org, userId: user, expiresAtMs }: ApiKeyState, nowMs: number): boolean {
    if (this.#dead.has(keyId) || (expiresAtMs !== null && expiresAtMs <= nowMs)) return false;
    const block = user === null ? undefined : this.#blocked.get(user);
    if (org !== null) return this.#settings.orgApiKeysEnabled && block?.suspends !== true;
    return user === null || (this.#settings.personalApiKeysEnabled && block === undefined);
  }

  isDeadForGood(keyId: string): boolean {
    return this.#dead.has(keyId);
  }
}

const playing = (visit: (life: Lifecycle, oracle: Oracle) => void) => (story: readonly Step[]) => {
  const life = new Lifecycle();
  const oracle = new Oracle();
  for (const one of story) {
    // Deciders and folds throw nothing but refusals, and replay what deciders emitted, or this test fails.
    for (const event of life.run(one)) oracle.observe(event, life.keys());
    visit(life, oracle);
  }
  return life;
};

const verdicts = (life: Lifecycle, oracle: Oracle) => {
  for (const one of life.keys()) expect([one.keyId, life.isValid(one)]).toEqual([one.keyId, oracle.isValid(one, life.at)]);
};

describe('after any history of commands', () => {
  it('each verdict is that of the table of kinds: no epoch revives a key, and none kills one too many', () => {
    fc.assert(
      fc.property(steps, (story) => {
        playing(verdicts)(story);
      }),
      runs,
    );
  });

  it('a key once dead for good is never valid again, whatever follows', () => {
    fc.assert(
      fc.property(steps, (story) => {
        const dead = new Set<string>();
        playing((life, oracle) => {
          for (const one of life.keys()) {
            if (dead.has(one.keyId)) expect(life.isValid(one)).toBe(false);
            if (oracle.isDeadForGood(one.keyId)) dead.add(one.keyId);
          }
        })(story);
      }),
      runs,
    );
  });

  it('a key that validates can be revoked, and never validates again', () => {
    fc.assert(
      fc.property(steps, fc.nat({ max: 5 }), (story, index) => {
        const life = playing(() => undefined)(story);
        const before = life.keys()[index];
        if (before === undefined || !life.isValid(before)) return;
        life.at -= 1000;
        expect(life.run({ do: 'revoke', key: index })).toHaveLength(1);
        const after = life.keys()[index];
        expect(after !== undefined && life.isValid(after)).toBe(false);
      }),
      runs,
    );
  });

  it('once the cascade is done, lists and verdicts agree on what is archived, whenever it ran', () => {
    fc.assert(
      fc.property(steps, (story) => {
        const life = playing(() => undefined)(story);
        life.cascade();
        for (const one of life.keys()) expect([one.keyId, life.isListedAsArchived(one)]).toEqual([one.keyId, life.isArchived(one)]);
      }),
      runs,
    );
  });

  it('a cause has the same set of keys whenever its cascade runs', () => {
    fc.assert(
      fc.property(steps, (story) => {
        const life = playing(() => undefined)(story);
        life.cascade();
        for (const cause of life.causes()) expect([cause, life.affectedBy(cause)]).toEqual([cause, life.recorded.get(cause.pos)]);
      }),
      runs,
    );
  });
});

describe('what must never revive a key', () => {
  const orgKey: Step = { do: 'issue', userId: 'ada', orgId: 'o1', creatorId: null, livesMs: null };
  const personalKey: Step = { do: 'issue', userId: 'ada', orgId: null, creatorId: null, livesMs: null };
  const strict: Step = { do: 'settings', changes: { invalidateOrgApiKeyUponUserRemoval: true } };
  const lenient: Step = { do: 'settings', changes: { invalidateOrgApiKeyUponUserRemoval: false, reinstateKeysOnUnblock: true } };
  const leave: Step = { do: 'leave', userId: 'ada', orgId: 'o1' };
  const join: Step = { do: 'join', userId: 'ada', orgId: 'o1' };
  const block: Step = { do: 'block', userId: 'ada' };
  const unblock: Step = { do: 'unblock', userId: 'ada' };

  it.each<[string, readonly Step[]]>([
    ['leaving and joining again', [orgKey, strict, leave, join]],
    ['leaving and joining twice, the second time sparing keys', [orgKey, strict, leave, join, lenient, leave, join]],
    ['unblocking without reinstatement', [personalKey, block, unblock]],
    ['a later block and unblock with reinstatement', [personalKey, block, unblock, lenient, block, unblock]],
    ['deleting a user whose organization keys are suspended', [orgKey, strict, block, lenient, { do: 'delete', userId: 'ada' }]],
    ['the switch of the setting after leaving', [orgKey, strict, leave, lenient, join]],
  ])('%s', (_, story) => {
    const life = playing(verdicts)(story);
    expect(life.keys().map((one) => life.isValid(one))).toEqual([false]);
  });

  it('while a key issued after coming back works', () => {
    const life = playing(verdicts)([orgKey, strict, leave, join, orgKey]);
    expect(life.keys().map((one) => life.isValid(one))).toEqual([false, true]);
  });
});
