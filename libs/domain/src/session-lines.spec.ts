import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideRefreshSession, decideStartSession, REFRESH_GRACE_MS } from './deciders/sessions.js';
import type { DomainEvent } from './events.js';
import { Refusal } from './refusal.js';
import { atPos, World } from './testing/decider-specification.js';
import { ENV, facts } from './testing/fixtures.js';

const HOLDERS = ['victim', 'thief'] as const;
type Holder = (typeof HOLDERS)[number];
type Outcome = 'taken' | 'ended' | 'refused';

/** One session, whose tokens are named by number, and the time. */
class SessionLife {
  readonly world = new World([facts.environment(), facts.user('ada'), facts.password('ada')]);
  at = atPos(4);
  minted = 0;
  /** When a token that was the newest of its line was replaced, by itself or by another one. */
  readonly replacedAt = new Map<number, number>();

  constructor() {
    const cmd = { sessionId: 's', userId: 'ada', environmentId: ENV, familyHash: 'family-s', tokenHash: 't0', verifiedPasswordHash: 'sealed-hash' };
    this.world.append(decideStartSession(cmd, { user: this.world.user('ada'), environment: this.world.environment(ENV) }, this.at), this.at);
  }

  get tokenCount(): number {
    return this.world.session('s')?.tokens.length ?? 0;
  }
  get isOver(): boolean {
    return this.world.session('s')?.ended !== null;
  }
  isInGrace(token: number): boolean {
    return this.at < (this.replacedAt.get(token) ?? Number.POSITIVE_INFINITY) + REFRESH_GRACE_MS;
  }

  /** When it is taken, the new token has the number `minted`. */
  refresh(token: number): Outcome {
    const isNewest = !this.replacedAt.has(token);
    const event = this.#decide(token);
    if (event === null) return 'refused';
    this.world.append([event], this.at);
    if (event.type === 'session.ended.v1') return 'ended';
    if (isNewest) for (let one = 0; one <= this.minted; one += 1) this.replacedAt.set(one, this.replacedAt.get(one) ?? this.at);
    this.minted += 1;
    return 'taken';
  }

  #decide(token: number): DomainEvent | null {
    const cmd = { environmentId: ENV, familyHash: 'family-s', tokenHash: `t${token}`, newTokenHash: `t${this.minted + 1}`, activeOrgId: null };
    const states = { session: this.world.session('s'), user: this.world.user('ada'), environment: this.world.environment(ENV) };
    try {
      return decideRefreshSession(cmd, states, this.at)[0] ?? null;
    } catch (error) {
      if (error instanceof Refusal && error.code === 'SESSION_OVER') return null;
      throw error;
    }
  }
}

const runs = { numRuns: 400 };
const afterMs = fc.oneof(
  { weight: 3, arbitrary: fc.nat({ max: REFRESH_GRACE_MS / 4 }) }, { weight: 2, arbitrary: fc.nat({ max: 2 * REFRESH_GRACE_MS }) },
  { weight: 1, arbitrary: fc.constantFrom(REFRESH_GRACE_MS - 1, REFRESH_GRACE_MS, REFRESH_GRACE_MS + 1, 86_400_000) },
);
/** `back`: how far from the newest that the holder has; `lost`: the answer does not arrive. */
const move = fc.record({ who: fc.constantFrom(...HOLDERS), afterMs, back: fc.nat({ max: 3 }), lost: fc.boolean(), copies: fc.boolean() });
const moves = fc.array(move, { minLength: 1, maxLength: 60, size: 'max' });
type Move = typeof move extends fc.Arbitrary<infer Value> ? Value : never;

interface Turn extends Move {
  readonly shown: number;
  readonly wasInGrace: boolean;
  readonly outcome: Outcome;
}

/** The thief has what it copied from the victim, and what it was answered. */
const play = (story: readonly Move[], visit: (life: SessionLife, turn: Turn) => void): SessionLife => {
  const life = new SessionLife();
  const held: Readonly<Record<Holder, number[]>> = { victim: [0], thief: [] };
  for (const one of story) {
    life.at += one.afterMs;
    if (one.who === 'thief' && one.copies) held.thief.push(held.victim.at(-1) ?? 0);
    const shown = held[one.who].at(-1 - one.back) ?? held[one.who][0];
    if (shown === undefined) continue;
    const wasInGrace = life.isInGrace(shown);
    const outcome = life.refresh(shown);
    if (outcome === 'taken' && !one.lost) held[one.who].push(life.minted);
    visit(life, { ...one, shown, wasInGrace, outcome });
  }
  return life;
};

describe('after any sequence of refreshes by two holders', () => {
  it('a token shown after its grace ends the session, for both and for good', () => {
    fc.assert(fc.property(moves, (story) => {
      let isOver = false;
      play(story, (life, { wasInGrace, outcome }) => {
        if (isOver) expect(outcome).toBe('refused');
        if (!isOver && !wasInGrace) expect(outcome).toBe('ended');
        isOver ||= outcome === 'ended';
        expect(life.isOver).toBe(isOver);
      });
    }), runs);
  });

  it('the state holds at most 16 tokens', () => {
    fc.assert(fc.property(moves, (story) => {
      play(story, (life) => {
        expect(life.tokenCount).toBeLessThanOrEqual(16);
      });
    }), runs);
  });

  it('once both have refreshed, more than the grace apart, the session is over', () => {
    fc.assert(fc.property(fc.array(move, { minLength: 2, maxLength: 20 }), fc.nat({ max: 5 }), (story, copiedAfter) => {
      const newest: Record<Holder, number> = { victim: 0, thief: 0 };
      const life = new SessionLife();
      const since = new Set<Holder>();
      for (const [index, { who, afterMs: gapMs }] of story.entries()) {
        life.at += REFRESH_GRACE_MS + gapMs % 1_000_000;
        if (index === copiedAfter) newest.thief = newest.victim;
        const actor = index < copiedAfter ? 'victim' : who;
        if (life.refresh(newest[actor]) === 'taken') newest[actor] = life.minted;
        if (index >= copiedAfter) since.add(actor);
        expect(life.isOver).toBe(since.size === 2);
      }
    }), runs);
  });
});

/**
 * Pages of one browser that refresh at once, with the one cookie that they share; `lost`: the answer does not arrive. At most eight, and a pause
 * after them: the sixteen tokens of a state are those of two such rounds.
 */
const page = fc.record({ sentAfterMs: fc.nat({ max: REFRESH_GRACE_MS / 2 }), lost: fc.boolean() });
const pages = fc.array(page, { minLength: 1, maxLength: 8, size: 'max' });
const round = fc.record({ idleMs: fc.integer({ min: REFRESH_GRACE_MS, max: 3_000_000 }), pages, lastToArrive: fc.nat({ max: 7 }) });

describe('a browser that nobody stole from', () => {
  it('is never logged out by eight pages that refresh at once, by the order of answers, nor by lost ones that are asked for again within the grace', () => {
    fc.assert(fc.property(fc.array(round, { minLength: 1, maxLength: 12, size: 'max' }), (story) => {
      const life = new SessionLife();
      let cookie = 0;
      for (const { idleMs, pages: open, lastToArrive } of story) {
        const from = life.at + idleMs;
        const arrived: number[] = [];
        for (const { sentAfterMs, lost } of open.toSorted((one, other) => one.sentAfterMs - other.sentAfterMs)) {
          life.at = from + sentAfterMs;
          expect(life.refresh(cookie)).toBe('taken');
          if (!lost) arrived.push(life.minted);
        }
        if (arrived.length === 0) {
          life.at = from + REFRESH_GRACE_MS * 3 / 4;
          expect(life.refresh(cookie)).toBe('taken');
          arrived.push(life.minted);
        }
        cookie = arrived[lastToArrive % arrived.length] ?? cookie;
      }
    }), runs);
  });
});
