import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FenceUnavailable } from '../protocol/fence-errors.js';
import type { FenceNode } from '../node/node.js';
import type { Carried } from '@test/support/fence/faulty-transport.js';
import { digestOf, personalKey, userRecord } from '@test/support/fence/records.js';
import { userChanged, World } from '@test/support/fence/world.js';
import type { ResolvedRecords } from '../node/verdict-join.js';

const K = digestOf('k');
const NODES = 2;
const kinds: readonly Carried[] = ['join', 'renew', 'fill', 'strongRead', 'push', 'ack'];
const node = fc.nat(NODES - 1);
const step = fc.oneof(
  { weight: 9, arbitrary: fc.record({ kind: fc.constant('validate' as const), node }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('change' as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.constantFrom(0, 10, 150, 900, 1_100, 3_000, 5_100, 5_100) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('lose' as const), node, what: fc.constantFrom(...kinds) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut' as const), node }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('hold' as const), node, what: fc.constantFrom('renew' as const, 'fill' as const, 'strongRead' as const) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('mend' as const), node }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stopped process' as const), ms: fc.constantFrom(500, 3_900, 4_100, 9_000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clock step' as const), ms: fc.constantFrom(-3_600_000, -200, 200, 3_600_000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('replica lags' as const), behind: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('churn' as const), count: fc.integer({ min: 1, max: 6 }) }) },
);

const versionOf = (resolved: ResolvedRecords | null): number | null => (resolved?.kind === 'key' ? (resolved.records.user?.lastActiveAtMs ?? null) : null);

/** Some nodes, one user whose state counts its changes, and what has been acknowledged of them. */
class History {
  readonly world: World;
  readonly nodes: { node: FenceNode; wire: ReturnType<World['node']>['wire']; held: (() => void)[] }[] = [];
  readonly violations: string[] = [];
  answered = 0;
  #version = 0;
  #acknowledged = 0;

  constructor() {
    this.world = new World({ limits: { changesInMemory: 4, changesPerRenewal: 2 } }, [userRecord('u'), personalKey('k', 'u')]);
  }

  async start(cacheKeys: number): Promise<void> {
    await this.world.authority.start();
    for (let count = 0; count < NODES; count += 1) {
      this.nodes.push({ ...(await this.world.leasedNode({ cacheKeys, lastChangeNames: 3 })), held: [] });
    }
  }

  change(): void {
    this.#version += 1;
    const version = this.#version;
    const pos = this.world.change(userChanged('u'), userRecord('u', { lastActiveAtMs: version }));
    void this.world.authority.barrier(pos, ['user-u']).then(() => {
      this.#acknowledged = Math.max(this.#acknowledged, version);
    });
  }

  validate(fenceNode: FenceNode): void {
    const atLeast = this.#acknowledged;
    const hit = fenceNode.hit(K);
    if (hit !== null) return this.#check(atLeast, versionOf(hit.verdict), 'hit');
    fenceNode.resolve(K).then(
      (resolved) => this.#check(atLeast, versionOf(resolved), 'look-up'),
      (error: unknown) => {
        if (!(error instanceof FenceUnavailable)) this.violations.push(`undecided was ${String(error)}`);
      },
    );
  }

  #check(atLeast: number, version: number | null, how: string): void {
    this.answered += 1;
    if (version === null || version < atLeast) this.violations.push(`${how}: ${String(version)} after ${atLeast} was acknowledged`);
  }
}

type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

const run = async (history: History, one: Step): Promise<void> => {
  const { world } = history;
  const at = 'node' in one ? history.nodes[one.node] : undefined;
  switch (one.kind) {
    case 'validate':
      if (at !== undefined) history.validate(at.node);
      return;
    case 'change':
      return history.change();
    case 'advance':
      return world.clock.advance(one.ms);
    case 'lose':
      at?.wire.lost.add(one.what);
      return;
    case 'cut':
      return at?.wire.cut();
    case 'hold':
      at?.held.push(at.wire.hold(one.what));
      return;
    case 'mend':
      at?.wire.mend();
      for (const release of at?.held.splice(0) ?? []) release();
      return;
    case 'stopped process':
      return world.clock.pass(one.ms);
    case 'clock step':
      return world.clock.stepWall(one.ms);
    case 'replica lags':
      world.log.behind = one.behind;
      return world.log.follow();
    case 'churn':
      for (let count = 0; count < one.count; count += 1) world.change(userChanged(`other${count}`));
  }
};

// Protects I1 and I11 in a small world; the simulation over several replicas and stores is in test/fence.
it('no validation that begins after a change was acknowledged answers from before it, whatever is lost, late or stopped', async () => {
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 150, size: 'max' }), fc.constantFrom(3, 100), async (steps, cacheKeys) => {
      const history = new History();
      await history.start(cacheKeys);
      for (const one of steps) {
        await run(history, one);
        // What needs no time happens at once: acknowledgements that are not lost.
        if (one.kind === 'change') await history.world.clock.advance(0);
      }
      for (const at of history.nodes) {
        at.wire.mend();
        for (const release of at.held.splice(0)) release();
      }
      await history.world.clock.advance(12_000);
      for (const at of history.nodes) history.validate(at.node);
      await history.world.clock.advance(3_000);
      answered += history.answered;
      expect(history.violations).toEqual([]);
    }),
    { numRuns: 300 },
  );
  expect(answered).toBeGreaterThan(1_000);
});
