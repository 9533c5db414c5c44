import type { FenceRecordState, KeyRecord } from '@app/domain';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '@test/support/clock/manual-clock.js';
import { digestOf, envRecord, personalKey, userRecord } from '@test/support/fence/records.js';
import type { FenceRecord, RecordsAnswer, RenewGranted } from '../protocol/messages.js';
import { FenceTransport } from '../protocol/transport.js';
import { FenceNode } from './node.js';
import { contradictionOf } from './record-contradiction.js';

const LEASE_MS = 5_000;
/** The node joins here. */
const FLOOR = 5;

/** Says what the test says, true or not. */
class LyingTransport extends FenceTransport {
  grant: Partial<RenewGranted> = {};
  answers: Partial<RecordsAnswer>[] = [];
  beforeRenewAnswers: () => void = () => {};

  join({ nonce }: { nonce: string }) {
    return Promise.resolve({ nonce, leaseMs: LEASE_MS, feedFloor: FLOOR, hash: 'hash', logHash: 'log' });
  }
  leave({ nonce }: { nonce: string }) {
    return Promise.resolve({ nonce });
  }
  renew({ nonce }: { nonce: string }) {
    this.beforeRenewAnswers();
    const granted = { kind: 'granted' as const, nonce, now: 0, head: FLOOR, headHash: 'hash', changes: [] };
    return Promise.resolve(Object.defineProperties(granted, Object.getOwnPropertyDescriptors(this.grant)));
  }
  /** Says nothing, so that everything is asked for again by a strong read. */
  fill({ nonce }: { nonce: string }) {
    return Promise.resolve({ nonce, now: 0, resolved: [], records: [] });
  }
  strongRead({ nonce }: { nonce: string }) {
    return Promise.resolve({ nonce, now: 0, resolved: [], records: [], ...this.answers.shift() });
  }
  push(): void {}
  onPush() {
    return () => {};
  }
}

class SteppingClock extends ManualClock {
  back = 0;
  override mono(): number {
    return super.mono() - this.back;
  }
}

const started = async (tell: (transport: LyingTransport, clock: SteppingClock) => void) => {
  const transport = new LyingTransport();
  const clock = new SteppingClock();
  tell(transport, clock);
  const broken: string[] = [];
  const nextTick = () => Promise.resolve();
  const node = new FenceNode({ clock, transport, nextTick, onBroken: ({ message }) => void broken.push(message) });
  await node.start();
  return { node, broken };
};

describe('a node ends its process, and answers nothing from memory any more,', () => {
  it.each<[string, Partial<RenewGranted>]>([
    ['when a renewal names a head that lies behind what it has applied', { head: FLOOR - 1 }],
    ['when a renewal starts it again from beyond the head', { head: 8, reset: { floor: 9 } }],
    ['when a change of a renewal lies behind what it has applied', { head: 9, changes: [{ pos: FLOOR, names: ['user-u'] }] }],
    ['when a change of a renewal lies beyond its head', { head: 9, changes: [{ pos: 10, names: ['user-u'] }] }],
    [
      'when the changes of a renewal are out of order',
      {
        head: 9,
        changes: [
          { pos: 8, names: ['user-u'] },
          { pos: 7, names: ['user-v'] },
        ],
      },
    ],
  ])('%s', async (_, grant) => {
    const { node, broken } = await started((transport) => {
      transport.grant = grant;
    });
    expect(broken).toHaveLength(1);
    expect(broken[0]).toMatch(/^A renewal /);
    expect(node.leased()).toBe(false);
  });

  it('when a lease is granted for a head that it has not applied', async () => {
    let asked = 0;
    const { node, broken } = await started((transport) => {
      // The head moves between the changes being applied and the lease being granted.
      transport.grant = {
        get head() {
          asked += 1;
          return asked > 2 ? 99 : FLOOR;
        },
      };
    });
    expect(broken).toEqual([`A lease was granted for 99 while only ${FLOOR} was applied.`]);
    expect(node.leased()).toBe(false);
  });

  it('when a lease would begin at a moment that has not come yet', async () => {
    const { node, broken } = await started((transport, clock) => {
      transport.beforeRenewAnswers = () => {
        clock.back = 10;
      };
    });
    expect(broken).toEqual(['A lease was granted from a moment that has not come yet.']);
    expect(node.leased()).toBe(false);
  });

  const userAt = (asOf: number, changes: Parameters<typeof userRecord>[1] = {}): FenceRecord => ({ name: 'user-u', state: userRecord('u', changes), asOf });
  const asked = async (...answers: Partial<RecordsAnswer>[]) => {
    const { node, broken } = await started((transport) => {
      transport.answers = [...answers];
    });
    for (const [index] of answers.entries()) await node.recordByName(`user-${index}`).catch(() => null);
    return { node, broken };
  };

  it('when one strong read holds records of two moments', async () => {
    const { node, broken } = await asked({ records: [userAt(6), { name: 'env-env1', state: envRecord(), asOf: 7 }] });
    expect(broken).toEqual(['One answer holds records as of 6 and of 7.']);
    expect(node.leased()).toBe(false);
  });

  it('when a record takes a denial back', async () => {
    const { broken } = await asked({ records: [userAt(6, { deleted: true })] }, { records: [userAt(7)] });
    expect(broken).toEqual(['user-u came back from its final end between 6 and 7.']);
  });

  it('when an older record arrives that denies what a newer one in memory allows', async () => {
    const { broken } = await asked({ records: [userAt(7)] }, { records: [userAt(6, { deleted: true })] });
    expect(broken).toEqual(['user-u came back from its final end between 6 and 7.']);
  });

  it('when a token is resolved to two keys', async () => {
    const digest = digestOf('k');
    const key = (id: string): FenceRecord => ({ name: `key-${id}`, state: personalKey(id, 'u'), asOf: 6, digest });
    const { broken } = await asked({ records: [key('k')] }, { records: [key('other')] });
    expect(broken).toEqual(['A token of key-k was resolved to key-other.']);
  });
});

describe('two records of one name', () => {
  const key = (changes: Partial<KeyRecord> = {}): FenceRecordState => ({ ...personalKey('k', 'u'), ...changes });

  it.each<[FenceRecordState, FenceRecordState, string]>([
    [key(), envRecord(), 'became a env from a key'],
    [key({ revoked: true }), key(), 'came back from its final end'],
    [key(), key({ userId: 'v' }), 'changed whose key it is'],
    [key({ userEpoch: 1 }), key({ userEpoch: 0 }), 'changed whose key it is'],
    [userRecord('u', { epoch: 2 }), userRecord('u', { epoch: 1 }), 'went back to an earlier epoch'],
    [userRecord('u', { sessionEpoch: 2 }), userRecord('u', { sessionEpoch: 1 }), 'went back to an earlier epoch'],
  ])('contradict each other: %j, then %j', (older, newer, how) => expect(contradictionOf(older, newer)).toBe(how));

  it.each<[FenceRecordState, FenceRecordState]>([
    [key(), key({ revoked: true, displayName: 'other', expiresAtMs: 9 })],
    [userRecord('u'), userRecord('u', { epoch: 1, sessionEpoch: 3, blocked: true })],
    [userRecord('u', { blocked: true }), userRecord('u')],
    [envRecord(), envRecord({ name: 'Other' })],
  ])('agree: %j, then %j', (older, newer) => expect(contradictionOf(older, newer)).toBeNull());
});
