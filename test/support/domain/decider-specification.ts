import {
  type ApiKeyState,
  type DomainEvent,
  foldFor,
  type LogPosition,
  type PrincipalStates,
  Refusal,
  type RefusalCode,
  type StateOfPrefix,
  type TagPrefix,
  tags,
} from '@app/domain';
import { jsonEqual } from '@app/domain/json.js';

const deepFreeze = <Value>(value: Value): Value => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  Object.values(value).forEach(deepFreeze);
  return value;
};

export const START_MS = Date.UTC(2026, 0, 31, 12);
/** The commit time of position `pos` in a world that was not told otherwise. */
export const atPos = (pos: number): number => START_MS + pos * 1000;

/** A small log, one event per position. All events and states are deeply frozen: a decider or fold that mutates fails every test. */
export class World {
  readonly log: { readonly event: DomainEvent; readonly placed: LogPosition }[] = [];

  constructor(events: readonly DomainEvent[] = []) {
    this.append(events);
  }

  get head(): number {
    return this.log.length;
  }

  append(events: readonly DomainEvent[], at?: number): this {
    for (const event of events) {
      const pos = this.head + 1;
      this.log.push(deepFreeze({ event, placed: { pos, at: at ?? atPos(pos) } }));
    }
    return this;
  }

  fold<Prefix extends TagPrefix>(prefix: Prefix, tag: string): StateOfPrefix[Prefix] {
    const fold = foldFor(prefix, tag);
    const tagged = this.log.filter(({ event }) => event.tags.includes(tag));
    return tagged.reduce((state, { event, placed }) => deepFreeze(fold.evolve(state, event, placed)), deepFreeze(fold.initial));
  }

  user(id: string | null) {
    return id === null ? null : this.fold('user-', tags.user(id));
  }
  organization(id: string | null) {
    return id === null ? null : this.fold('org-', tags.org(id));
  }
  environment(id: string) {
    return this.fold('env-', tags.env(id));
  }
  key(id: string) {
    return this.fold('key-', tags.key(id));
  }
  backendKey(id: string) {
    return this.fold('backendkey-', tags.backendKey(id));
  }
  session(id: string) {
    return this.fold('session-', tags.session(id));
  }
  claim(tag: string) {
    return this.fold('email-', tag);
  }
  registry() {
    return this.fold('registry', tags.registry);
  }
  principals(key: ApiKeyState | null): PrincipalStates {
    return {
      environment: this.environment(key?.environmentId ?? ''),
      user: this.user(key?.userId ?? null),
      organization: this.organization(key?.orgId ?? null),
      creator: this.user(key?.creatorId ?? null),
    };
  }
}

const refusalOf = (run: () => unknown): Refusal => {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('Nothing was refused.');
};

type Decision = () => readonly DomainEvent[];

const assertEqual = (actual: unknown, expected: unknown): void => {
  if (jsonEqual(actual, expected)) return;
  throw new Error(`Expected ${JSON.stringify(expected, null, 2)}\nbut got ${JSON.stringify(actual, null, 2)}`);
};

// The edge spells fields in its own way, so a sentence must not contain one that is spelled as only we do.
const assertSentence = (field: string, sentence: string): void => {
  const spellsField = /[A-Z]/.test(field) && sentence.includes(field);
  if (spellsField || !/^(?:[A-Z].*\.|(?:must|is not) .*[^.])$/.test(sentence)) throw new Error(`No sentence for a client: ${sentence}`);
};

const assertRefused = (decide: Decision, code: RefusalCode, fields: readonly string[]): void => {
  const refusal = refusalOf(decide);
  assertEqual([refusal.code, ...Object.keys(refusal.fields)], [code, ...fields]);
  for (const field of fields) refusal.fields[field]?.forEach((sentence) => assertSentence(field, sentence));
};

const outcome = (decide: Decision) => ({
  /** Exactly these events, tags included. */
  thenAppends: (...events: readonly DomainEvent[]) => assertEqual(decide(), events),
  /** Already done: nothing to append. */
  thenNothing: () => assertEqual(decide(), []),
  /** `fields`: those that the refusal blames. */
  thenRefused: (code: RefusalCode, ...fields: readonly string[]) => assertRefused(decide, code, fields),
  thenNotFound: () => assertRefused(decide, 'NOT_FOUND', []),
  thenInvalid: (field: string) => assertRefused(decide, 'INVALID_FIELDS', [field]),
});

/** given(facts).when(world => decision).then…: the given facts stand at positions 1, 2, 3, … */
export const given = (...events: readonly DomainEvent[]) => ({
  when: (decide: (world: World) => readonly DomainEvent[]) => outcome(() => decide(new World(events))),
});
