import { precedes, type Span } from '@test/support/races/history.js';

/** What a thing does, one step at a time. States are values: a step makes a new one. */
export interface SequentialModel<State, Step, Look> {
  readonly initial: State;
  /** The state after the step; null where the step cannot have been answered as it was. */
  step(state: State, step: Step): State | null;
  /** Whether a look at this state is answered as it was. */
  shows(state: State, look: Look): boolean;
  /** The same text for the same state. */
  fingerprint(state: State): string;
}

export interface TimedStep<Step> extends Span {
  readonly step: Step;
  /** Its answer was lost, or was a 503: it may have happened at any time from its invocation on, or never. */
  readonly lost?: boolean;
}

export interface TimedLook<Look> extends Span {
  readonly look: Look;
}

export interface ConcurrentHistory<Step, Look> {
  readonly steps: readonly TimedStep<Step>[];
  readonly looks: readonly TimedLook<Look>[];
}

const bit = (index: number): bigint => 1n << BigInt(index);
const maskOf = <Item>(items: readonly Item[], wanted: (item: Item, index: number) => boolean): bigint =>
  items.reduce((mask, item, index) => (wanted(item, index) ? mask | bit(index) : mask), 0n);
const includes = (mask: bigint, part: bigint): boolean => (mask & part) === part;

/**
 * Is there an order of the steps that keeps their order in time, in which every step answers as it did, and for every look a moment in
 * that order, not before a step that was acknowledged before the look began and not after a step that began after the look ended, that
 * shows what the look saw? Exact: every order is tried, but no situation twice (Wing and Gong's search with Lowe's memory).
 *
 * Looks are not ordered among themselves. That is the promise: while a block is on its way one node may refuse already and another
 * not yet. Where looks must be ordered too, `atomic` makes steps of them.
 */
class Search<State, Step, Look> {
  readonly #model: SequentialModel<State, Step, Look>;
  readonly #history: ConcurrentHistory<Step, Look>;
  readonly #needed: bigint;
  /** Of each step and look: the steps that must have happened before it. */
  readonly #stepNeeds: readonly bigint[];
  readonly #lookNeeds: readonly bigint[];
  /** Of each step: the looks that can see nothing of it, nor of anything later. */
  readonly #closes: readonly bigint[];
  readonly #failed = new Set<string>();
  readonly #order: Step[] = [];

  constructor(model: SequentialModel<State, Step, Look>, history: ConcurrentHistory<Step, Look>) {
    this.#model = model;
    this.#history = history;
    const { steps, looks } = history;
    const settledBefore =
      (later: Span) =>
      (earlier: TimedStep<Step>): boolean =>
        earlier.lost !== true && precedes(earlier, later);
    this.#needed = maskOf(steps, ({ lost }) => lost !== true);
    this.#stepNeeds = steps.map((step) => maskOf(steps, settledBefore(step)));
    this.#lookNeeds = looks.map((look) => maskOf(steps, settledBefore(look)));
    this.#closes = steps.map((step) => maskOf(looks, (look) => precedes(look, step)));
  }

  run(): readonly Step[] | null {
    return this.#from(0n, this.#model.initial, 0n) ? this.#order : null;
  }

  #from(happened: bigint, state: State, seenBefore: bigint): boolean {
    const { looks } = this.#history;
    const seen = seenBefore | maskOf(looks, ({ look }, index) => includes(happened, this.#lookNeeds[index] ?? 0n) && this.#model.shows(state, look));
    if (includes(happened, this.#needed) && seen === bit(looks.length) - 1n) return true;
    const situation = `${happened.toString(36)} ${seen.toString(36)} ${this.#model.fingerprint(state)}`;
    if (this.#failed.has(situation)) return false;
    if (this.#history.steps.some((_, index) => this.#goesOnWith(index, happened, state, seen))) return true;
    this.#failed.add(situation);
    return false;
  }

  #goesOnWith(index: number, happened: bigint, state: State, seen: bigint): boolean {
    const timed = this.#history.steps[index];
    if (timed === undefined || includes(happened, bit(index))) return false;
    if (!includes(happened, this.#stepNeeds[index] ?? 0n) || !includes(seen, this.#closes[index] ?? 0n)) return false;
    const next = this.#model.step(state, timed.step);
    if (next === null) return false;
    this.#order.push(timed.step);
    if (this.#from(happened | bit(index), next, seen)) return true;
    this.#order.pop();
    return false;
  }
}

/** An order of the steps that explains the history; null if no order does. */
export const linearize = <State, Step, Look>(model: SequentialModel<State, Step, Look>, history: ConcurrentHistory<Step, Look>): readonly Step[] | null =>
  new Search(model, history).run();

type StepOrLook<Step, Look> = { readonly step: Step } | { readonly look: Look };

/** The same question with looks that take their place among the steps: a later look never sees an earlier state. */
export const linearizeAtomic = <State, Step, Look>(
  model: SequentialModel<State, Step, Look>,
  { steps, looks }: ConcurrentHistory<Step, Look>,
): readonly StepOrLook<Step, Look>[] | null => {
  const { initial } = model;
  const step = (state: State, either: StepOrLook<Step, Look>): State | null => {
    if ('step' in either) return model.step(state, either.step);
    return model.shows(state, either.look) ? state : null;
  };
  const all = [
    ...steps.map((timed) => ({ ...timed, step: { step: timed.step } })),
    ...looks.map(({ look, invokedAt, completedAt }) => ({ invokedAt, completedAt, step: { look } })),
  ];
  return linearize<State, StepOrLook<Step, Look>, never>(
    { initial, step, shows: () => true, fingerprint: (state) => model.fingerprint(state) },
    { steps: all, looks: [] },
  );
};
