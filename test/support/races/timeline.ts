import type { Call, Violation } from './history.js';

const MOST_LINES = 60;

const relative = (timeMs: number, fromMs: number): string => {
  if (!Number.isFinite(timeMs)) return '        …';
  return (timeMs - fromMs).toFixed(3).padStart(9);
};

const lineOf = (call: Call, fromMs: number, marked: ReadonlySet<Call>): string => {
  const detail = call.detail === undefined ? '' : ` (${call.detail})`;
  const times = `${relative(call.invokedAt, fromMs)} – ${relative(call.completedAt, fromMs)} ms`;
  return `${marked.has(call) ? '>' : ' '} ${times}  ${call.by.padEnd(12)} ${call.op.padEnd(8)} ${call.about}: ${call.outcome}${detail}`;
};

/** Everything but validations, what is marked, and the validations nearest to what is marked: enough to see what happened. */
const shortened = (sorted: readonly Call[], marked: ReadonlySet<Call>): readonly Call[] => {
  if (sorted.length <= MOST_LINES) return sorted;
  const places = sorted.flatMap((call, index) => (marked.has(call) || call.op !== 'validate' ? [index] : []));
  const near = sorted.filter((_, index) => places.some((place) => Math.abs(place - index) <= 2));
  return near.slice(0, MOST_LINES);
};

/** Calls by time, in milliseconds after the first of them; `>` marks those that contradict each other. */
export const timelineOf = (calls: readonly Call[], marked: ReadonlySet<Call> = new Set()): string => {
  const sorted = calls.toSorted((left, right) => left.invokedAt - right.invokedAt || left.completedAt - right.completedAt);
  const fromMs = sorted[0]?.invokedAt ?? 0;
  return shortened(sorted, marked)
    .map((call) => lineOf(call, fromMs, marked))
    .join('\n');
};

/** The failure's message: what is wrong, the two calls, the history of the key, and the seed that makes the same calls again. */
export const reportOf = (violations: readonly Violation[], calls: readonly Call[], seed: number): string => {
  const marked = new Set(violations.flatMap(({ call, against }) => (against === null ? [call] : [call, against])));
  const rules = [...new Set(violations.map(({ rule }) => rule))].join('; ');
  return `${String(violations.length)} × ${rules} (seed ${String(seed)})\n${timelineOf(calls, marked)}`;
};
