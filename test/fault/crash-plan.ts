import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SeededRandom } from '@test/support/random/seeded-random.js';

/** When a life ends. */
export type CrashPlan =
  /** Under load, from outside: `delayMs` after so many answers. */
  | { readonly kind: 'answers'; readonly number: number; readonly delayMs: number }
  /** In the log's COMMIT: before it, after it, or between its first write and its return. */
  | { readonly kind: 'commit'; readonly number: number; readonly moment: 'before' | 'inside' | 'after'; readonly delayUs: number }
  /** At a change of a file: nearly always while the server starts. */
  | { readonly kind: 'step'; readonly number: number; readonly after: boolean };

/** A restart takes 17 to 20 steps; the last of these plans go beyond it, into the first commands. */
const START_STEPS = 21;

export const drawPlan = (random: SeededRandom): CrashPlan => {
  const share = random.next();
  if (share < 0.3) return { kind: 'step', number: random.whole(1, START_STEPS), after: random.chance(0.5) };
  if (share < 0.6) {
    const moment = random.pickOrNull(['before', 'inside', 'inside', 'inside', 'after'] as const) ?? 'inside';
    return { kind: 'commit', number: random.whole(1, 40), moment, delayUs: random.chance(0.5) ? 0 : random.whole(1, 600) };
  }
  return { kind: 'answers', number: random.whole(1, 100), delayMs: random.next() * 8 };
};

const POINT = pathToFileURL(join(import.meta.dirname, 'crash-point.mjs')).href;

/** The environment of a server that kills itself at its place; nothing for one that is killed from outside. */
export const crashEnvironment = (plan: { readonly kind: string }, report?: string): Readonly<Record<string, string>> =>
  plan.kind === 'answers' ? {} : { NODE_OPTIONS: `--import=${POINT}`, CRASH_POINT: JSON.stringify({ ...plan, report }) };
