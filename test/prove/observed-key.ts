import { isObject, textAt, at } from '@test/support/clients/backend-api.js';
import type { Call, Span } from '@test/support/races/history.js';
import type { KeyKind } from '@test/support/races/race-keys.js';
import { timelineOf } from '@test/support/races/timeline.js';
import { Register } from './register.js';

export type Answered =
  | { readonly is: 'valid'; readonly body: unknown }
  | { readonly is: 'refused' }
  | { readonly is: 'undecided' }
  | { readonly is: 'unexpected' };

/** What an answer about the key must show besides that it is valid. */
export interface Shown {
  readonly name: string;
  readonly register: Register<string>;
  /** Finds it in the answer of a valid key. */
  readonly path: readonly string[];
}

/** What keeps a living key from being valid for a time, or from some time on. */
export interface Holding {
  /** As in "was valid although …". */
  readonly why: string;
  readonly register: Register<'free' | 'held'>;
}

export interface KeyFacts {
  readonly id: string;
  readonly token: string;
  readonly kind: KeyKind;
  /** Such a key is not changed by itself: it may be gone by then. */
  readonly expires: boolean;
}

export interface Breach {
  readonly invariant: 'I1' | 'I11';
  readonly what: string;
  readonly timeline: string;
}

const INVALID = '{"api_key_token":"This API key is not valid."}';
const KEPT_CALLS = 60;

/** Of a validation over HTTP or NATS. Status 0: no answer came. */
export const answeredWith = (status: number, text: string): Answered => {
  if (status === 200) {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? { is: 'valid', body: parsed } : { is: 'unexpected' };
  }
  if (status === 503 || status === 0) return { is: 'undecided' };
  return status === 400 && text === INVALID ? { is: 'refused' } : { is: 'unexpected' };
};

const shownIn = (body: unknown, path: readonly string[]): string => {
  const found = at(body, ...path);
  return found === undefined || found === null ? 'nothing' : String(found as string | number | boolean);
};

/**
 * A key, what may end it or hold it back, and what its validations show. Judges every answer as soon as it is there: whatever can
 * excuse it was asked before it ended, so that nothing later changes the judgment.
 */
export class ObservedKey {
  readonly life = new Register<'alive' | 'dead'>('alive');
  /** Numbers the writes of its metadata. */
  readonly metadata = new Register<string>('0');
  readonly id: string;
  readonly token: string;
  readonly kind: KeyKind;
  readonly expires: boolean;
  readonly #held: readonly Holding[];
  readonly #shown: readonly Shown[];
  readonly #calls: Call[] = [];
  /** For validators: what just changed is what is worth asking for. */
  touchedAt = performance.now();

  constructor({ id, token, kind, expires }: KeyFacts, held: readonly Holding[], shown: readonly Shown[]) {
    this.id = id;
    this.token = token;
    this.kind = kind;
    this.expires = expires;
    this.#held = held;
    this.#shown = [{ name: 'metadata', register: this.metadata, path: ['metadata', 'n'] }, ...shown];
  }

  get isLiving(): boolean {
    return this.life.newest === 'alive';
  }

  /** A key that is held back is as little found as a dead one. */
  get isChangeable(): boolean {
    return this.isLiving && !this.expires && this.#held.every(({ register }) => register.newest === 'free');
  }

  /** Commands that touch the key, for the timeline only. */
  note(call: Call): void {
    this.touchedAt = performance.now();
    this.#keep(call);
  }

  judge(answered: Answered, span: Span, by: string, raw: string): Breach | null {
    const outcome = answered.is === 'valid' ? 'done' : answered.is;
    const call: Call = {
      op: 'validate',
      about: this.id,
      by,
      outcome,
      ...span,
      ...(answered.is === 'valid' ? { detail: this.#shownAs(answered.body) } : answered.is === 'unexpected' ? { detail: raw } : {}),
    };
    this.#keep(call);
    const breach = this.#breachOf(answered, span, raw);
    return breach && { ...breach, timeline: timelineOf(this.#calls, new Set([call])) };
  }

  #breachOf(answered: Answered, span: Span, raw: string): Omit<Breach, 'timeline'> | null {
    switch (answered.is) {
      case 'undecided':
        return null;
      case 'unexpected':
        return { invariant: 'I11', what: `${this.#name} was answered by what the API does not know: ${raw}` };
      case 'refused':
        return this.#mayBeRefused(span) ? null : { invariant: 'I11', what: `${this.#name} was refused although nothing denies it` };
      case 'valid':
        return this.#staleness(answered.body, span);
    }
  }

  get #name(): string {
    return `The ${this.kind} key ${this.id}`;
  }

  #shownAs(body: unknown): string {
    return this.#shown.map(({ name, path }) => `${name} ${shownIn(body, path)}`).join(', ');
  }

  #mayBeRefused(span: Span): boolean {
    return this.life.possible(span).includes('dead') || this.#held.some(({ register }) => register.possible(span).includes('held'));
  }

  #staleness(body: unknown, span: Span): Omit<Breach, 'timeline'> | null {
    if (!this.life.possible(span).includes('alive')) return { invariant: 'I1', what: `${this.#name} was valid after an acknowledged denial` };
    const held = this.#held.find(({ register }) => !register.possible(span).includes('free'));
    if (held !== undefined) return { invariant: 'I1', what: `${this.#name} was valid although ${held.why}` };
    for (const { name, register, path } of this.#shown) {
      const [shown, possible] = [shownIn(body, path), register.possible(span)];
      if (!possible.includes(shown)) return { invariant: 'I1', what: `${this.#name} showed ${name} ${shown} where only ${possible.join(' or ')} can be` };
    }
    return null;
  }

  #keep(call: Call): void {
    this.#calls.push(call);
    if (this.#calls.length > KEPT_CALLS) this.#calls.splice(0, this.#calls.findIndex(({ op }) => op === 'validate') + 1 || 1);
  }
}

export const issuedIn = (body: unknown): { readonly id: string; readonly token: string } => ({
  id: textAt(body, 'api_key_id'),
  token: textAt(body, 'api_key_token'),
});
