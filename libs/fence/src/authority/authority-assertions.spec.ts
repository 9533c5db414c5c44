import { describe, expect, it } from 'vitest';
import { ManualClock } from '@test/support/clock/manual-clock.js';
import { World, LEASE_MS, userChanged } from '@test/support/fence/world.js';
import { fenceParameters } from '../protocol/parameters.js';
import type { AppliedCommit, AuthorityLog } from './authority-log.js';
import { Barriers } from './barriers.js';
import { ChangesFeed } from './changes-feed.js';
import { FencedNodes } from './fenced-nodes.js';
import { NodeRegistry } from './node-registry.js';

describe('an authority that its log leads astray', () => {
  it('refuses a commit that does not follow the last one: its position would be a change that no node is told', async () => {
    const { authority, log } = new World();
    let apply: (commit: AppliedCommit) => void = () => {};
    const onApply = log.onApply.bind(log);
    log.onApply = (listener) => {
      apply = listener;
      return onApply(listener);
    };
    await authority.start();
    const { pos } = log.head;
    for (const wrong of [pos, pos + 2]) {
      expect(() => apply({ pos: wrong, events: [userChanged('u')] })).toThrow(`The authority was at ${pos} and was given commit ${wrong}.`);
    }
  });

  it('keeps its feed in log order', () => {
    const feed = new ChangesFeed(3, 10);
    feed.add({ pos: 5, names: ['user-u'] });
    for (const pos of [5, 4]) expect(() => feed.add({ pos, names: ['user-v'] })).toThrow(`The feed ends at 5 and was given a change at ${pos}.`);
    expect(() => new ChangesFeed(3, 10).add({ pos: 3, names: ['user-v'] })).toThrow('The feed ends at 3');
  });

  it('acknowledges no change early on a registry that is older than the change', async () => {
    class SteppingClock extends ManualClock {
      back = 0;
      override mono(): number {
        return super.mono() - this.back;
      }
    }
    const clock = new SteppingClock();
    const registry = new NodeRegistry(() => clock.mono(), { fenced: () => {}, left: () => {} });
    const log = { head: { pos: 1, hash: '', at: 0 }, waitFor: () => new Promise<void>(() => {}) } as unknown as AuthorityLog;
    const barriers = new Barriers({
      clock,
      log,
      registry,
      transport: { push: () => {} },
      fencedNodes: new FencedNodes(clock, log, registry, LEASE_MS, new AbortController().signal),
      parameters: fenceParameters(LEASE_MS),
      newNonce: () => 'nonce',
      // Where the wait for the log ends: from here on the clock says that no lease has passed.
      assertInStep: () => {
        clock.back = LEASE_MS;
      },
      onBarrier: () => {},
    });
    const acknowledged = barriers.run({ pos: 9, names: ['user-u'] });
    const refused = expect(acknowledged).rejects.toThrow('A barrier at 9 ended early');
    await clock.advance(LEASE_MS);
    await refused;
  });
});
