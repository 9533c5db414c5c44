import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atPos, World } from '@test/support/domain/decider-specification.js';
import { ENV, facts } from '@test/support/domain/fixtures.js';
import type { DomainEvent } from '../log-events.js';
import { Refusal } from '../refusal.js';
import { decideRefreshSession, decideStartSession, REFRESH_GRACE_MS } from './decide.js';

const DAY_MS = 86_400_000;
type Outcome = 'rotated' | 'repeated' | 'ended' | 'refused';

/** One session and the time. Its tokens are numbers: the one that follows 7 is 8, for every holder. */
class SessionLife {
  readonly world = new World([facts.environment(), facts.user('ada'), facts.password('ada')]);
  at = atPos(4);
  newest = 0;
  replacedAtMs = Number.NEGATIVE_INFINITY;

  constructor() {
    const cmd = { sessionId: 's', userId: 'ada', environmentId: ENV, familyHash: 'family-s', tokenHash: 't0', verifiedPasswordHash: 'sealed-hash' };
    this.world.append(decideStartSession(cmd, this.#states, this.at), this.at);
  }

  get isOver(): boolean {
    return this.world.session('s')?.ended !== null;
  }
  /** Of every token that the state names in whatever field. */
  get tokensInState(): readonly string[] {
    return JSON.stringify(this.world.session('s')).match(/"t\d+"/g) ?? [];
  }
  /** Whether the token before the newest may be shown again now. */
  get isGrace(): boolean {
    return this.at < this.replacedAtMs + REFRESH_GRACE_MS;
  }

  show(token: number, mayRepeat = true): Outcome {
    const events = this.#decide(token, mayRepeat);
    if (events === null) return 'refused';
    this.world.append(events, this.at);
    if (events.length === 0) return 'repeated';
    if (events[0]?.type === 'session.ended.v1') return 'ended';
    this.newest += 1;
    this.replacedAtMs = this.at;
    return 'rotated';
  }

  get #states() {
    return { session: this.world.session('s'), user: this.world.user('ada'), environment: this.world.environment(ENV) };
  }

  #decide(token: number, mayRepeat: boolean): readonly DomainEvent[] | null {
    const cmd = { environmentId: ENV, familyHash: 'family-s', tokenHash: `t${token}`, newTokenHash: `t${token + 1}`, mayRepeat, activeOrgId: null };
    try {
      return decideRefreshSession(cmd, this.#states, this.at);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'SESSION_OVER') return null;
      throw error;
    }
  }
}

const runs = { numRuns: 200 };
const afterMs = fc.oneof(
  { weight: 3, arbitrary: fc.nat({ max: REFRESH_GRACE_MS / 4 }) },
  { weight: 2, arbitrary: fc.nat({ max: 2 * REFRESH_GRACE_MS }) },
  { weight: 1, arbitrary: fc.constantFrom(0, REFRESH_GRACE_MS - 1, REFRESH_GRACE_MS, REFRESH_GRACE_MS + 1, DAY_MS) },
);
const many = { minLength: 1, maxLength: 60, size: 'max' } as const;

describe('after any sequence of showings', () => {
  /** `back`: how far from the newest; below zero: a token that there is not yet. Mostly such that the session goes on. */
  const back = fc.oneof(
    { weight: 8, arbitrary: fc.constant(0) },
    { weight: 4, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.integer({ min: -2, max: 4 }) },
  );
  const showing = fc.record({ afterMs, back, mayRepeat: fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }) });

  it('the newest token rotates, but not twice within the grace for who may repeat; the one before it is repeated in that time; every other one ends the session for good', () => {
    fc.assert(
      fc.property(fc.array(showing, many), (story) => {
        const life = new SessionLife();
        let isOver = false;
        for (const one of story) {
          life.at += one.afterMs;
          const repeats = one.back === 1 && one.mayRepeat && life.newest > 0 && life.isGrace;
          const stays = one.back === 0 && one.mayRepeat && life.isGrace;
          const lives = stays || repeats ? 'repeated' : one.back === 0 ? 'rotated' : 'ended';
          expect(life.show(life.newest - one.back, one.mayRepeat)).toBe(isOver ? 'refused' : lives);
          isOver ||= lives === 'ended';
          expect(life.isOver).toBe(isOver);
        }
      }),
      runs,
    );
  });

  it('the state names two tokens at most', () => {
    fc.assert(
      fc.property(fc.array(showing, many), (story) => {
        const life = new SessionLife();
        for (const one of story) {
          life.at += one.afterMs;
          life.show(life.newest - one.back, one.mayRepeat);
          expect(life.tokensInState.length).toBeLessThanOrEqual(2);
        }
      }),
      runs,
    );
  });

  it('without leave to repeat, no token is taken twice, however soon', () => {
    fc.assert(
      fc.property(fc.array(afterMs, many), fc.nat({ max: 59 }), afterMs, (gaps, second, secondAfterMs) => {
        const life = new SessionLife();
        for (const gapMs of gaps) {
          life.at += gapMs;
          expect(life.show(life.newest, false)).toBe('rotated');
        }
        life.at += secondAfterMs;
        expect(life.show(second % life.newest, false)).toBe('ended');
        for (let token = 0; token <= life.newest + 1; token += 1) expect(life.show(token)).toBe('refused');
      }),
      runs,
    );
  });
});

describe('two who hold one token', () => {
  const HOLDERS = ['victim', 'thief'] as const;
  const move = fc.record({ who: fc.constantFrom(...HOLDERS), afterMs, lost: fc.boolean() });

  it('have it both only as long as each shows it within the grace of the other: who comes later ends it for both', () => {
    fc.assert(
      fc.property(fc.array(move, many), (story) => {
        const life = new SessionLife();
        const held = { victim: 0, thief: 0 };
        for (const { who, afterMs: gapMs, lost } of story) {
          life.at += gapMs;
          const shown = held[who];
          const isLate = shown < life.newest && !(shown === life.newest - 1 && life.isGrace);
          const outcome = life.show(shown);
          expect(outcome === 'ended').toBe(isLate);
          if (isLate) break;
          if (!lost) held[who] = life.newest;
        }
        if (life.isOver) expect(HOLDERS.map((who) => life.show(held[who]))).toEqual(['refused', 'refused']);
      }),
      runs,
    );
  });

  it('who show it more than the grace apart: the second ends it for both', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ who: fc.constantFrom(...HOLDERS), afterMs }), { minLength: 2, maxLength: 20 }),
        fc.nat({ max: 5 }),
        (story, copiedAfter) => {
          const life = new SessionLife();
          const held = { victim: 0, thief: 0 };
          const since = new Set<string>();
          for (const [index, { who, afterMs: gapMs }] of story.entries()) {
            life.at += REFRESH_GRACE_MS + (gapMs % DAY_MS);
            if (index === copiedAfter) held.thief = held.victim;
            const actor = index < copiedAfter ? 'victim' : who;
            if (life.show(held[actor]) === 'rotated') held[actor] += 1;
            if (index >= copiedAfter) since.add(actor);
            expect(life.isOver).toBe(since.size === 2);
          }
        },
      ),
      runs,
    );
  });
});

/** An answer on its way to the browser, which puts the token into the jar of cookies that all tabs share. */
interface Answer {
  readonly token: number;
  readonly arrivesAtMs: number;
}

/** Tabs of one browser: each shows what the jar holds when it asks. */
class Browser {
  readonly life = new SessionLife();
  jar = 0;
  #underway: readonly Answer[] = [];

  /** `answerAfterMs` is null if the answer is lost. */
  ask(answerAfterMs: number | null): void {
    const shown = this.jar;
    const stays = shown === this.life.newest && this.life.isGrace;
    const expected = stays || shown < this.life.newest ? 'repeated' : 'rotated';
    expect(this.life.show(shown)).toBe(expected);
    // The answer to a token that stays leaves the jar alone.
    if (answerAfterMs !== null && !stays) this.#underway = [...this.#underway, { token: this.life.newest, arrivesAtMs: this.life.at + answerAfterMs }];
  }

  /** Until then, as many answers as arrive; and a caller without an answer asks again in time. */
  passTo(at: number): void {
    for (;;) {
      const graceEndsAtMs = this.life.replacedAtMs + REFRESH_GRACE_MS;
      const next = this.#underway.toSorted((one, other) => one.arrivesAtMs - other.arrivesAtMs)[0];
      const arrivesAtMs = next?.arrivesAtMs ?? Number.POSITIVE_INFINITY;
      if (this.jar < this.life.newest && graceEndsAtMs <= Math.min(at, arrivesAtMs)) {
        this.life.at = graceEndsAtMs - 1;
        this.ask(0);
      } else if (next !== undefined && arrivesAtMs <= at) {
        this.life.at = Math.max(this.life.at, arrivesAtMs);
        this.#underway = this.#underway.filter((one) => one !== next);
        this.jar = next.token;
      } else {
        this.life.at = at;
        return;
      }
    }
  }
}

/**
 * What the rule promises to people with many tabs, and where it ends: an answer that takes longer than the grace may bring a token that is used
 * up, and so does one that never comes, if no tab asks again in that time.
 */
describe('a browser whose tokens were not stolen', () => {
  const lateMs = fc.nat({ max: REFRESH_GRACE_MS - 1 });
  const request = fc.record({ gapMs: fc.oneof(afterMs, fc.constant(0)), answerAfterMs: fc.option(lateMs, { nil: null, freq: 3 }) });

  it('is never logged out, by any number of tabs, lost answers or ones that are late', () => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 120, size: 'max' }), (story) => {
        const browser = new Browser();
        for (const { gapMs, answerAfterMs } of story) {
          browser.passTo(browser.life.at + gapMs);
          browser.ask(answerAfterMs);
        }
        expect(browser.life.isOver).toBe(false);
      }),
      runs,
    );
  });

  it('has one token in all its tabs after they asked at once, whichever answer is the last', () => {
    fc.assert(
      fc.property(fc.array(lateMs, { minLength: 2, maxLength: 60, size: 'max' }), (answers) => {
        const browser = new Browser();
        for (const answerAfterMs of answers) browser.ask(answerAfterMs);
        browser.passTo(browser.life.at + DAY_MS);
        expect([browser.jar, browser.life.newest]).toEqual([1, 1]);
        browser.ask(0);
      }),
      runs,
    );
  });
});
