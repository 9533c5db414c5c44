/** Milliseconds on one monotonic clock of the client: just before the first byte went out, just after the last one came. */
export interface Span {
  readonly invokedAt: number;
  readonly completedAt: number;
}

/**
 * `create` and `validate` are about a key, `deny` and `lift` about a cause of denial.
 * Outcomes: `done` = it was so (a key made, a token valid, a denial acknowledged, be it by the 404 of a repeated one) · `refused` =
 * it was not, and changed nothing · `undecided` = a 503 or a lost answer: a change may or may not have happened · `unexpected` = an
 * answer that the API does not know.
 */
export interface Call extends Span {
  readonly op: 'create' | 'validate' | 'deny' | 'lift';
  readonly about: string;
  readonly outcome: 'done' | 'refused' | 'undecided' | 'unexpected';
  /** For the timeline: who asked, and what exactly came back. */
  readonly by: string;
  readonly detail?: string;
}

/** A cause of denial that covers the key, and whether an acknowledged lifting may bring the key back. */
export type Causes = ReadonlyMap<string, 'for good' | 'until lifted'>;

export type Rule =
  | 'an answer that the API does not know'
  | 'allowed after an acknowledged denial'
  | 'refused although nothing denies it'
  | 'refused although an acknowledged lifting has ended every denial';

export interface Violation {
  readonly rule: Rule;
  readonly call: Call;
  /** The denial or lifting that the call contradicts; null where it is the absence of one. */
  readonly against: Call | null;
}

/**
 * Strictly: calls that touch at one reading of the clock may have happened in either order. What was answered by a 503, or not at
 * all, may still happen at any time later, so that it precedes nothing.
 */
export const precedes = (earlier: Span & { readonly outcome?: Call['outcome'] }, later: Span): boolean =>
  earlier.outcome !== 'undecided' && earlier.completedAt < later.invokedAt;

const mayHaveHappened = ({ outcome }: Call): boolean => outcome === 'done' || outcome === 'undecided';

/** Every lifting that the call saw, if it saw any, happened before the denial: then nothing excuses an "allowed". */
const mayBeLifted = (denial: Call, call: Call, liftings: readonly Call[]): boolean =>
  liftings.some((lifting) => lifting.about === denial.about && !precedes(lifting, denial) && !precedes(call, lifting));

const isLiftedForSure = (denial: Call, call: Call, liftings: readonly Call[]): boolean =>
  liftings.some((lifting) => lifting.outcome === 'done' && lifting.about === denial.about && precedes(denial, lifting) && precedes(lifting, call));

/** The earliest completed denial that `call` contradicts by being allowed. */
const contradictedDenial = (call: Call, denials: readonly Call[], liftings: readonly Call[], causes: Causes): Call | null => {
  const standing = denials.filter(
    (denial) => denial.outcome === 'done' && precedes(denial, call) && (causes.get(denial.about) === 'for good' || !mayBeLifted(denial, call, liftings)),
  );
  return standing.reduce<Call | null>((first, denial) => (first === null || denial.completedAt < first.completedAt ? denial : first), null);
};

const causeless = (call: Call, denials: readonly Call[], liftings: readonly Call[], causes: Causes): Violation | null => {
  const begun = denials.filter((denial) => mayHaveHappened(denial) && !precedes(call, denial));
  const standing = begun.filter((denial) => causes.get(denial.about) === 'for good' || !isLiftedForSure(denial, call, liftings));
  if (standing.length > 0) return null;
  const lifting = liftings.find((each) => each.outcome === 'done' && precedes(each, call));
  return begun.length > 0 && lifting !== undefined
    ? { rule: 'refused although an acknowledged lifting has ended every denial', call, against: lifting }
    : { rule: 'refused although nothing denies it', call, against: null };
};

/**
 * What one key's history proves to be wrong. `calls`: any order; denials and liftings of causes not in `causes` are left aside, and so
 * are other keys' calls. Sound with any number of concurrent denials and liftings: what is reported is wrong in every order in which
 * the calls can have happened. Complete where nothing is lifted; liftings in a crowd are for the search in linearize.ts.
 */
export const violationsOf = (keyId: string, causes: Causes, calls: readonly Call[]): readonly Violation[] => {
  const denials = calls.filter(({ op, about }) => op === 'deny' && causes.has(about));
  const liftings = calls.filter(({ op, about, outcome }) => op === 'lift' && causes.has(about) && outcome !== 'refused');
  const creation = calls.find(({ op, about }) => op === 'create' && about === keyId);
  const violations: Violation[] = [];
  for (const call of calls) {
    const isAsked = (call.op === 'create' || call.op === 'validate') && call.about === keyId;
    if (call.outcome === 'unexpected') violations.push({ rule: 'an answer that the API does not know', call, against: null });
    if (!isAsked) continue;
    if (call.outcome === 'done') {
      const against = contradictedDenial(call, denials, liftings, causes);
      if (against !== null) violations.push({ rule: 'allowed after an acknowledged denial', call, against });
    }
    // Before its creation was acknowledged a key may be unknown. A refused creation is judged like a validation: by the denials.
    const mustBeKnown = call.op === 'create' || creation === undefined || (creation.outcome === 'done' && precedes(creation, call));
    if (call.outcome === 'refused' && mustBeKnown) {
      const violation = causeless(call, denials, liftings, causes);
      if (violation !== null) violations.push(violation);
    }
  }
  return violations;
};

/** Whether the call was under way at the same time as one of the denials: only such calls race. */
export const racesWith = (call: Span, denials: readonly Span[]): boolean => denials.some((denial) => !precedes(call, denial) && !precedes(denial, call));
