import { KEYS } from '@test/support/clients/backend-api.js';
import { type ExpiryCall, expiryTimeline, expiryViolationsOf, spansAnExpiry } from './expiry-history.js';
import type { TimedAnswer } from '@test/support/clients/http-connection.js';
import { RaceClient } from '@test/support/races/race-client.js';
import type { Target } from '@test/support/clients/connected-backend-api.js';
import type { RaceKey } from '@test/support/races/race-keys.js';
import type { SeededRandom } from '@test/support/random/seeded-random.js';

/** What happens to a key before it expires: nothing, or its expiry is moved in the last moment before the old or the new one. */
export const FATES = ['stays', 'to earlier', 'to later', 'to never'] as const;
export type Fate = (typeof FATES)[number];

export interface ExpiryNumbers {
  keys: number;
  moved: number;
  tooLate: number;
  validations: number;
  acrossAnExpiry: number;
  valid: number;
  gone: number;
  undecided: number;
}

const SECOND_MS = 1_000;
/** A move is sent between so long before the moment that matters and a little after it: a busy machine answers late. */
const MOVE_BEFORE_MS = 200;
const MOVE_AFTER_MS = 10;
const NEAR_MS = 120;
const PAUSE_MS = 40;

const until = async (wallMs: number): Promise<void> => {
  while (Date.now() < wallMs)
    await new Promise((resolve) => {
      setTimeout(resolve, Math.max(1, wallMs - Date.now()));
    });
};

/** One key that expires at a second, and all that was asked about it around then. */
export class ExpiringKey {
  readonly key: RaceKey;
  readonly madeWithMs: number;
  readonly #fate: Fate;
  readonly #calls: ExpiryCall[] = [];

  constructor(key: RaceKey, madeWithMs: number, fate: Fate) {
    this.key = key;
    this.madeWithMs = madeWithMs;
    this.#fate = fate;
  }

  /** Around these moments it is worth asking. */
  get expiriesMs(): readonly number[] {
    return this.#fate === 'stays' ? [this.madeWithMs] : [this.madeWithMs, this.#movedToMs].filter(Number.isFinite);
  }

  async validate(client: RaceClient): Promise<void> {
    const answer = await client.presented(this.key);
    const { outcome, detail } = client.judged(this.key, answer);
    this.#add('validate', outcome === 'refused' ? 'gone' : outcome, answer, client.name, undefined, detail);
  }

  /** "To earlier" races the new expiry, the others the old one. */
  async meetItsFate(client: RaceClient, random: SeededRandom): Promise<void> {
    if (this.#fate === 'stays') return;
    const momentMs = this.#fate === 'to earlier' ? this.#movedToMs : this.madeWithMs;
    await until(momentMs - MOVE_BEFORE_MS + random.integer(MOVE_BEFORE_MS + MOVE_AFTER_MS));
    const wanted = this.#fate === 'to never' ? { set_to_never_expire: true } : { expires_at_seconds: this.#movedToMs / SECOND_MS };
    const answer = await client.call('PATCH', `${KEYS}/${this.key.id}`, wanted);
    this.#add('move', moveOutcome(answer), answer, client.name, this.#movedToMs, String(answer.status));
  }

  get #movedToMs(): number {
    if (this.#fate === 'to never') return Infinity;
    return this.madeWithMs + (this.#fate === 'to later' ? SECOND_MS : -SECOND_MS);
  }

  /** Throws with the timeline when the history is wrong. */
  count(numbers: ExpiryNumbers, seed: number): void {
    const violations = expiryViolationsOf(this.madeWithMs, this.#calls);
    if (violations.length > 0) {
      throw new Error(`${this.key.kind} key, expiry ${this.#fate} (seed ${String(seed)}): ${expiryTimeline(this.madeWithMs, this.#calls, violations)}`);
    }
    const validations = this.#calls.filter(({ op }) => op === 'validate');
    const moves = this.#calls.filter(({ op }) => op === 'move');
    numbers.keys += 1;
    numbers.moved += moves.filter(({ outcome }) => outcome === 'done').length;
    numbers.tooLate += moves.filter(({ outcome }) => outcome === 'gone' || outcome === 'past').length;
    numbers.validations += validations.length;
    numbers.acrossAnExpiry += validations.filter((call) => spansAnExpiry(call, this.expiriesMs)).length;
    for (const outcome of ['gone', 'undecided'] as const) numbers[outcome] += validations.filter((call) => call.outcome === outcome).length;
    numbers.valid += validations.filter(({ outcome }) => outcome === 'done').length;
  }

  #add(op: ExpiryCall['op'], outcome: ExpiryCall['outcome'], answer: TimedAnswer, by: string, expiresAtMs?: number, detail?: string): void {
    const { invokedWallMs, completedWallMs } = answer;
    this.#calls.push({
      op,
      outcome,
      invokedWallMs,
      completedWallMs,
      by,
      ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
      ...(detail === undefined ? {} : { detail }),
    });
  }
}

const moveOutcome = ({ status, text }: TimedAnswer): ExpiryCall['outcome'] => {
  if (status === 200) return 'done';
  if (status === 404) return 'gone';
  if (status === 503 || status === 0) return 'undecided';
  return status === 400 && text.startsWith('{"expires_at_seconds":') ? 'past' : 'unexpected';
};

/** Asks for keys near one of their expiries as fast as it can, and for others now and then. */
export const stormAroundExpiries = async (
  target: Target,
  name: string,
  keys: readonly ExpiringKey[],
  untilWallMs: number,
  random: SeededRandom,
): Promise<void> => {
  const client = new RaceClient(target, name);
  while (Date.now() < untilWallMs) {
    const now = Date.now();
    const near = keys.filter(({ expiriesMs }) => expiriesMs.some((expiresAtMs) => Math.abs(expiresAtMs - now) < NEAR_MS));
    await random.pick(near.length > 0 ? near : keys).validate(client);
    if (near.length === 0) await until(now + PAUSE_MS);
  }
  client.close();
};
