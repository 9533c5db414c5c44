import fc from 'fast-check';
import type { Hostility } from './chaos.js';
import type { Operation } from './operations.js';
import type { Visit } from './visits.js';

export type Step =
  | { readonly kind: 'command'; readonly at: number; readonly operation: Operation }
  | { readonly kind: 'again'; readonly at: number; readonly back: number }
  | { readonly kind: 'validate'; readonly node: number; readonly key: number }
  | { readonly kind: 'validate everywhere' }
  | { readonly kind: 'stop process' | 'kill' | 'vm sleeps' | 'no store'; readonly machine: string; readonly ms: number }
  | { readonly kind: 'clock step'; readonly machine: string; readonly ms: number }
  | { readonly kind: 'leave'; readonly node: number }
  /** A node starts anew, is asked at once, and then something changes: all within a few milliseconds. */
  | { readonly kind: 'newcomer'; readonly node: number; readonly at: number; readonly operation: Operation }
  | { readonly kind: 'burst'; readonly operations: readonly Operation[] }
  | { readonly kind: 'isolate'; readonly node: number; readonly ms: number }
  | { readonly kind: 'cut'; readonly way: string; readonly ms: number };

export interface WorldSize {
  readonly cacheKeys: number;
  readonly nodes: number;
  /** Changes that a replica can still tell. */
  readonly feed: number;
  /** Names whose last change a node remembers. */
  readonly lastChangeNames: number;
}

/** What end users do before the step of that index. */
export interface PlannedVisit {
  readonly before: number;
  readonly at: number;
  readonly visit: Visit;
}

export interface Schedule extends WorldSize {
  readonly hostility: Hostility;
  readonly steps: readonly { readonly step: Step; readonly thenMs: number }[];
  readonly visits: readonly PlannedVisit[];
}

const node = fc.nat(2);
const replica = fc.nat(1);
const user = fc.nat(1);
const nodeName = node.map((index) => `node${index}`);
const replicaName = replica.map((index) => `keys${index}`);
const machine = fc.oneof(
  { weight: 4, arbitrary: nodeName },
  { weight: 2, arbitrary: replicaName },
  { weight: 1, arbitrary: replica.map((index) => `writer${index}`) },
);
const pauseMs = fc.constantFrom(50, 300, 700, 900, 1_100, 2_500);

const does = <Does extends string>(...all: readonly Does[]): fc.Arbitrary<Does> => fc.constantFrom(...all);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ does: does('touch user', 'touch user', 'block', 'unblock', 'unblock', 'join', 'leave'), user }) },
  { weight: 3, arbitrary: fc.record({ does: does('issue', 'issue for organization'), user }) },
  { weight: 4, arbitrary: fc.record({ does: does('touch key', 'touch key', 'touch key', 'revoke'), key: fc.nat(5) }) },
  { weight: 3, arbitrary: fc.record({ does: does('touch organization', 'touch organization', 'switch personal keys') }) },
  { weight: 1, arbitrary: fc.oneof(fc.record({ does: does('delete user'), user }), fc.record({ does: does('delete organization') })) },
);

/** What nearly always changes something. */
const smallChange: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: does('touch user', 'touch user', 'block', 'unblock'), user }) },
  { weight: 1, arbitrary: fc.record({ does: does('touch key'), key: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ does: does('touch organization', 'switch personal keys') }) },
);

/** Only pushes, only what goes there, only what comes back, or both: each hides something else. */
const cut: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('cut' as const),
  way: fc.oneof(
    nodeName.map((name) => `push>${name}`),
    fc.tuple(nodeName, replicaName).map(([from, to]) => `${from}>${to}`),
    fc.tuple(replicaName, nodeName).map(([from, to]) => `${from}>${to}`),
    fc
      .tuple(
        replica.map((index) => `writer${index}`),
        replicaName,
      )
      .map(([from, to]) => `${from}>${to}`),
  ),
  ms: fc.constantFrom(150, 500, 1_500, 4_000),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('command' as const), at: replica, operation }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('again' as const), at: replica, back: fc.nat(2) }) },
  { weight: 7, arbitrary: fc.record({ kind: fc.constant('validate' as const), node, key: fc.nat(5) }) },
  { weight: 8, arbitrary: fc.constant({ kind: 'validate everywhere' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('stop process' as const, 'stop process' as const, 'kill' as const, 'vm sleeps' as const),
      machine,
      ms: pauseMs,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('no store' as const), machine: replicaName, ms: pauseMs }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clock step' as const), machine, ms: fc.constantFrom(-3_600_000, -200, -40, 40, 200, 3_600_000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), node }) },
  { weight: 2, arbitrary: cut },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('isolate' as const), node, ms: fc.constantFrom(300, 1_200, 2_500) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('newcomer' as const), node, at: replica, operation }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('burst' as const), operations: fc.array(smallChange, { minLength: 4, maxLength: 16, size: 'max' }) }) },
);

const MOST_STEPS = 32;

const visit: fc.Arbitrary<Visit> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: does('log in'), user }) },
  { weight: 2, arbitrary: fc.record({ does: does('end sessions', 'set password'), user }) },
  {
    weight: 6,
    arbitrary: fc.record({ does: does('refresh', 'refresh', 'refresh again', 'refresh with an unknown token', 'log out', 'log out'), session: fc.nat(4) }),
  },
  { weight: 2, arbitrary: fc.record({ does: does('move host'), host: fc.nat(2) }) },
);
const visits = fc.array(fc.record({ before: fc.nat(MOST_STEPS), at: replica, visit }), { minLength: 4, maxLength: 24, size: 'max' });

/** By the seed, not drawn: the other worlds stay as they are. */
const SHARED_CACHES = [null, 0, 0.3, 0.9] as const;

const hostility: fc.Arbitrary<Hostility> = fc
  .record({
    seed: fc.integer(),
    loss: fc.constantFrom(0, 0, 0.02, 0.1, 0.3),
    repeats: fc.constantFrom(0, 0.1, 0.3),
    delays: fc.constantFrom(0, 0.05, 0.2, 0.4),
    cache: fc.constantFrom(0, 0, 0.3, 0.9),
    silence: fc.constantFrom(0, 0, 0.05, 0.2),
    deafNode: fc.option(node, { nil: null, freq: 2 }),
    slowReplica: fc.option(replica, { nil: null, freq: 2 }),
    pauses: fc.constantFrom(0, 0, 0.001, 0.004),
  })
  .map((drawn) => ({ ...drawn, sharedCache: SHARED_CACHES[drawn.seed & 3] ?? null }));

export const schedule: fc.Arbitrary<Schedule> = fc.record({
  hostility,
  feed: fc.constantFrom(2, 2, 5, 100),
  lastChangeNames: fc.constantFrom(3, 8, 100),
  nodes: fc.constantFrom(2, 2, 3),
  cacheKeys: fc.constantFrom(3, 4, 6, 100),
  steps: fc.array(fc.record({ step, thenMs: fc.constantFrom(0, 0, 1, 3, 10, 10, 40, 40, 150, 250, 400, 1_000) }), {
    minLength: 10,
    maxLength: MOST_STEPS,
    size: 'max',
  }),
  // Last, so that the other draws of a seed do not depend on it.
  visits: fc.oneof(fc.constant([]), visits),
});
