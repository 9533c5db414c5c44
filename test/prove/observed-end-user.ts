import type { Call, Span } from '@test/support/races/history.js';
import { timelineOf } from '@test/support/races/timeline.js';
import { Register } from './register.js';
import type { Violations } from './violations.js';

/** What a gateway said of a session's token or of an organization's key. */
export type Said = 'good' | 'over' | 'undecided' | 'unexpected';

const KEPT_CALLS = 60;
const OUTCOMES = { good: 'done', over: 'refused', undecided: 'undecided', unexpected: 'unexpected' } as const;

/** A session or an organization's key, as long as it lives: judges what is said of it as soon as it is said. */
export class Observed {
  readonly life = new Register<'alive' | 'dead'>('alive');
  touchedAt = performance.now();
  readonly #calls: Call[] = [];

  constructor(readonly name: string) {}

  get isLiving(): boolean {
    return this.life.newest === 'alive';
  }

  note(call: Omit<Call, 'about'>): void {
    this.touchedAt = performance.now();
    this.#keep({ ...call, about: this.name });
  }

  judge(said: Said, span: Span, by: string, raw: string, violations: Violations): void {
    const call: Call = { op: 'validate', about: this.name, by, outcome: OUTCOMES[said], ...span, ...(said === 'unexpected' ? { detail: raw } : {}) };
    this.#keep(call);
    const possible = this.life.possible(span);
    const timeline = (): string => timelineOf(this.#calls, new Set([call]));
    if (said === 'unexpected') violations.add('I11', `${this.name} was answered by what the API does not know: ${raw}`, timeline());
    if (said === 'good' && !possible.includes('alive')) violations.add('I1', `${this.name} was accepted after an acknowledged end, by ${by}`, timeline());
    if (said === 'over' && !possible.includes('dead')) violations.add('I11', `${this.name} was refused although nothing has ended it, by ${by}`, timeline());
  }

  #keep(call: Call): void {
    this.#calls.push(call);
    if (this.#calls.length > KEPT_CALLS) this.#calls.splice(0, this.#calls.findIndex(({ op }) => op === 'validate') + 1 || 1);
  }
}

/** Every access token of it that was given, the newest last. */
export class ObservedSession extends Observed {
  readonly accessTokens: string[] = [];
  constructor(
    readonly sessionId: string,
    accessToken: string,
    public refreshToken: string,
  ) {
    super(`The session ${sessionId}`);
    this.accessTokens.push(accessToken);
  }
}

export class ObservedOrganizationKey extends Observed {
  /** It is let through 300 times in 15 minutes, whichever gateway counts. */
  calls = 0;
  constructor(
    readonly keyId: string,
    readonly token: string,
    readonly slug: string,
  ) {
    super(`The organization key ${keyId}`);
  }
}
