/** A call about one key that expires. Times in milliseconds of the wall clock, which client and server share here. */
export interface ExpiryCall {
  readonly op: 'validate' | 'move';
  /** `done`: valid, or moved · `gone`: not valid, or not found · `past`: the new expiry was refused as past · `undecided`: 503 or lost. */
  readonly outcome: 'done' | 'gone' | 'past' | 'undecided' | 'unexpected';
  readonly invokedWallMs: number;
  readonly completedWallMs: number;
  /** Of a move; `Infinity`: never. */
  readonly expiresAtMs?: number;
  readonly by: string;
  readonly detail?: string;
}

export interface ExpiryViolation {
  readonly rule:
    | 'valid at or after its expiry'
    | 'gone before its expiry'
    | 'refused as past before it was'
    | 'moved into the past'
    | 'an answer that the API does not know';
  readonly call: ExpiryCall;
}

/** An expiry, and from when and until when it may have been the one in force. */
interface Period {
  readonly expiresAtMs: number;
  readonly from: number;
  readonly until: number;
}

/** Moves are asked for one after the other; of an undecided one it is unknown whether it is in force, and since when. */
const periodsOf = (firstExpiresAtMs: number, calls: readonly ExpiryCall[]): readonly Period[] => {
  const moves = calls
    .filter(({ op, outcome }) => op === 'move' && (outcome === 'done' || outcome === 'undecided'))
    .toSorted((left, right) => left.invokedWallMs - right.invokedWallMs);
  const endAfter = (index: number): number => moves.slice(index).find(({ outcome }) => outcome === 'done')?.completedWallMs ?? Infinity;
  return [
    { expiresAtMs: firstExpiresAtMs, from: -Infinity, until: endAfter(0) },
    ...moves.map(({ expiresAtMs = Infinity, invokedWallMs }, index) => ({ expiresAtMs, from: invokedWallMs, until: endAfter(index + 1) })),
  ];
};

/** The key may have been alive while the call was under way. The server's clock reads no less than the client's did at the start. */
const mayLive = ({ invokedWallMs }: ExpiryCall, { expiresAtMs, from }: Period): boolean => Math.max(invokedWallMs, from) < expiresAtMs;
const mayBeOver = ({ completedWallMs }: ExpiryCall, { expiresAtMs, until }: Period): boolean => Math.min(completedWallMs, until) >= expiresAtMs;

const ruleBrokenBy = (call: ExpiryCall, periods: readonly Period[]): ExpiryViolation['rule'] | null => {
  const { expiresAtMs: wanted = Infinity } = call;
  switch (call.outcome) {
    case 'undecided':
      return null;
    case 'unexpected':
      return 'an answer that the API does not know';
    case 'done':
      if (call.op === 'move' && wanted <= call.invokedWallMs) return 'moved into the past';
      return periods.some((period) => mayLive(call, period)) ? null : 'valid at or after its expiry';
    case 'gone':
      return periods.some((period) => mayBeOver(call, period)) ? null : 'gone before its expiry';
    case 'past':
      return call.completedWallMs >= wanted ? null : 'refused as past before it was';
  }
};

/**
 * What one key's history proves to be wrong, for a key that nothing ends but its expiry. `firstExpiresAtMs`: the expiry it was made
 * with. Calls in any order, moves not at the same time as one another.
 */
export const expiryViolationsOf = (firstExpiresAtMs: number, calls: readonly ExpiryCall[]): readonly ExpiryViolation[] => {
  const periods = periodsOf(firstExpiresAtMs, calls);
  return calls.flatMap((call) => {
    // A move is judged by what was in force before it.
    const before =
      call.op === 'move'
        ? periodsOf(
            firstExpiresAtMs,
            calls.filter((each) => each.op === 'move' && each.invokedWallMs < call.invokedWallMs),
          )
        : periods;
    const inForce = before.filter(({ from, until }) => from <= call.completedWallMs && until >= call.invokedWallMs);
    const rule = ruleBrokenBy(call, inForce);
    return rule === null ? [] : [{ rule, call }];
  });
};

/** Whether an expiry, old or new, fell into the time of the call. */
export const spansAnExpiry = ({ invokedWallMs, completedWallMs }: ExpiryCall, expiriesMs: readonly number[]): boolean =>
  expiriesMs.some((expiresAtMs) => invokedWallMs <= expiresAtMs && expiresAtMs <= completedWallMs);

const MOST_LINES = 40;

/** Calls by time, in milliseconds before and after the expiry the key was made with. */
export const expiryTimeline = (firstExpiresAtMs: number, calls: readonly ExpiryCall[], violations: readonly ExpiryViolation[]): string => {
  const wrong = new Set(violations.map(({ call }) => call));
  const line = (call: ExpiryCall): string => {
    const times = [call.invokedWallMs, call.completedWallMs].map((time) => (time - firstExpiresAtMs).toString().padStart(6)).join(' – ');
    const moved = call.expiresAtMs === undefined ? '' : ` to ${String(call.expiresAtMs - firstExpiresAtMs)}`;
    return `${wrong.has(call) ? '>' : ' '} ${times} ms  ${call.by.padEnd(12)} ${call.op}${moved}: ${call.outcome} ${call.detail ?? ''}`.trimEnd();
  };
  const sorted = calls.toSorted((left, right) => left.invokedWallMs - right.invokedWallMs);
  const places = sorted.flatMap((call, index) => (wrong.has(call) || call.op === 'move' ? [index] : []));
  const near = sorted.filter((_, index) => places.some((place) => Math.abs(place - index) <= 3));
  return `${violations
    .map(({ rule }) => rule)
    .slice(0, 3)
    .join('; ')}\n${near.slice(0, MOST_LINES).map(line).join('\n')}`;
};
