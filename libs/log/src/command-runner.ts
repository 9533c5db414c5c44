import { tags } from '@app/domain';
import { SystemClock } from '@app/ports';
import type { Clock, EventLog } from '@app/ports';
import type { DecodedCommit } from './codec.js';
import type { Command, Outcome } from './command.js';
import { CommandQueue } from './command-queue.js';
import { unfolded } from './commit-fold.js';
import { unavailable } from './deadline.js';
import type { Deadline } from './deadline.js';
import { requestHashes, takeDecision } from './decision.js';
import type { CommandAnswer, Decision } from './decision.js';
import { eventLoopTurn } from './event-loop-turn.js';
import type { LogTail } from './log-tail.js';
import { OrderedInsert } from './ordered-insert.js';
import { PendingCommand } from './pending-command.js';
import { Speculation } from './speculation.js';
import type { StateCache } from './state-cache.js';

export interface CommandRunnerOptions {
  readonly clock?: Clock;
  /** Commits of one insert. */
  readonly batchSize?: number;
  /** How long background commands let all others pass. */
  readonly backgroundWaitMs?: number;
  /** Pause after an error of the store. */
  readonly retryMs?: number;
  /** The store failed or did not answer; the command is retried until its deadline. */
  readonly onStoreError?: (error: unknown) => void;
  /** Commits of this process have become durable: for telling the others that there is something new. Must not throw. */
  readonly onStored?: () => void;
}

/** A command of the batch under way that appends `commit`, or one whose answer rests on the batch up to `restsOn`. */
interface Appending {
  readonly pending: PendingCommand;
  readonly commit: DecodedCommit;
  readonly answer: unknown;
}
interface Resting {
  readonly pending: PendingCommand;
  readonly restsOn: number;
  readonly answer: CommandAnswer;
}
interface Batch {
  readonly speculation: Speculation;
  readonly appending: Appending[];
  readonly resting: Resting[];
}

const ANOTHER_WRITER_MS = 1_000;
const LONGEST_REST_MS = 100;

/**
 * Decides commands one after another, each on the state that the previous one leaves, and appends them at head+1, a batch per insert.
 * While an insert is under way commands queue; no answer leaves before the position it rests on is durable.
 */
export class CommandRunner {
  readonly #log: EventLog;
  readonly #tail: LogTail;
  readonly #cache: StateCache;
  readonly #clock: Clock;
  readonly #batchSize: number;
  readonly #retryMs: number;
  readonly #onStoreError: (error: unknown) => void;
  readonly #onStored: () => void;
  readonly #open = new Set<PendingCommand>();
  readonly #queued: CommandQueue;
  #writing = false;
  #stopping = false;
  #whenDrained: (() => void) | null = null;
  #ownHashes: ReadonlySet<string> = new Set();
  #anotherWroteAtMono = Number.NEGATIVE_INFINITY;

  constructor(log: EventLog, tail: LogTail, cache: StateCache, options: CommandRunnerOptions = {}) {
    this.#log = log;
    this.#tail = tail;
    this.#cache = cache;
    this.#clock = options.clock ?? new SystemClock();
    this.#queued = new CommandQueue(this.#clock, options.backgroundWaitMs ?? 250);
    this.#batchSize = options.batchSize ?? 500;
    this.#retryMs = options.retryMs ?? 50;
    this.#onStoreError = options.onStoreError ?? (() => undefined);
    this.#onStored = options.onStored ?? (() => undefined);
    tail.onApply(({ hash }) => {
      if (!this.#ownHashes.has(hash)) this.#anotherWroteAtMono = this.#clock.mono();
    });
  }

  /** Rejects with what `decide` threw, with IDEMPOTENCY_KEY_REUSED, or with UNAVAILABLE: in that case the command may or may not take place. */
  run(command: Command): Promise<Outcome> {
    if (this.#stopping) return Promise.reject(unavailable('This process is shutting down.'));
    const pending = new PendingCommand(command, this.#clock, (settled) => this.#close(settled));
    this.#open.add(pending);
    const named = [tags.command(command.commandId), ...(command.tags ?? [])];
    this.#loadThenQueue(pending, named);
    return pending.answered;
  }

  /** New commands are refused, those that came before are finished. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenDrained = resolve;
    });
  }

  #close(settled: PendingCommand): void {
    this.#open.delete(settled);
    for (const tag of settled.pinned) this.#cache.release(tag);
    if (this.#open.size === 0) this.#whenDrained?.();
  }

  #loadThenQueue(pending: PendingCommand, named: readonly string[]): void {
    for (const tag of named) this.#pin(pending, tag);
    const missing = named.filter((tag) => this.#cache.peek(tag) === undefined);
    if (missing.length === 0) {
      this.#queue(pending);
      return;
    }
    try {
      // A tag without a fold is a mistake in the decider: no store would ever answer it.
      for (const tag of missing) unfolded(this.#cache.foldOf, tag);
    } catch (error) {
      pending.reject(error);
      return;
    }
    this.#untilItSucceeds(
      pending,
      () => Promise.all(missing.map((tag) => this.#cache.load(tag))),
      () => this.#queue(pending),
    );
  }

  #pin(pending: PendingCommand, tag: string): void {
    if (pending.settled || pending.pinned.has(tag)) return;
    pending.pinned.add(tag);
    this.#cache.pin(tag);
  }

  /** The step that a command waits for outside the queue, so that it delays no other command. */
  #untilItSucceeds(pending: PendingCommand, step: () => Promise<unknown>, then: () => void): void {
    step().then(then, async (error: unknown) => {
      this.#onStoreError(error);
      if (pending.settled) return;
      await this.#clock.sleep(this.#retryMs);
      this.#untilItSucceeds(pending, step, then);
    });
  }

  #queue(pending: PendingCommand): void {
    this.#queued.add(pending);
    if (!this.#writing) void this.#write();
  }

  async #write(): Promise<void> {
    this.#writing = true;
    while (!this.#queued.isEmpty) {
      // Commands that arrive in this turn of the event loop share the insert, and validations run between two inserts.
      await eventLoopTurn();
      const batch = this.#decideQueued();
      if (batch.appending.length > 0) await this.#insert(batch);
    }
    this.#writing = false;
  }

  #decideQueued(): Batch {
    const batch: Batch = { speculation: new Speculation(this.#cache, this.#tail.head), appending: [], resting: [] };
    for (const pending of this.#queued.take(this.#batchSize)) {
      if (!pending.settled) this.#consider(pending, batch);
    }
    return batch;
  }

  #consider(pending: PendingCommand, { speculation, appending, resting }: Batch): void {
    const decision = this.#decide(pending, speculation);
    switch (decision.kind) {
      case 'append': {
        const { commandId, actor } = pending.command;
        const [requestHash = null] = requestHashes(pending.command.requestHash);
        const { at, events, answer } = decision;
        try {
          appending.push({ pending, commit: speculation.append({ commandId, actor, requestHash, at, events }), answer });
        } catch (error) {
          // Events that the codec cannot write: an error of one decider must not stop the commands after it.
          pending.reject(error);
        }
        return;
      }
      case 'nothing':
        // The insert at head+1 that it rests on will prove its head fresh; without one only a probe does.
        if (appending.length > 0) resting.push({ pending, restsOn: speculation.head.pos, answer: decision.answer });
        else if (pending.probed) this.#answer(pending, speculation.base.pos, decision.answer);
        else this.#probeThenDecide(pending);
        return;
      case 'not loaded':
        this.#loadThenQueue(pending, [decision.tag]);
        return;
      case 'ahead':
        this.#untilItSucceeds(
          pending,
          () => this.#tail.waitFor(decision.pos, pending.deadline.leftMs),
          () => this.#queue(pending),
        );
    }
  }

  #decide(pending: PendingCommand, on: Speculation): Decision {
    return takeDecision(pending.command, on, this.#clock.wall());
  }

  #probeThenDecide(pending: PendingCommand): void {
    this.#untilItSucceeds(
      pending,
      () => this.#tail.probe(pending.deadline.leftMs),
      () => {
        pending.probed = true;
        const local = new Speculation(this.#cache, this.#tail.head);
        const decision = this.#decide(pending, local);
        if (decision.kind === 'nothing') this.#answer(pending, local.base.pos, decision.answer);
        else this.#queue(pending);
      },
    );
  }

  async #insert({ speculation, appending, resting }: Batch): Promise<void> {
    const { commits, base } = speculation;
    const tools = { log: this.#log, tail: this.#tail, clock: this.#clock, retryMs: this.#retryMs, onStoreError: this.#onStoreError };
    this.#ownHashes = new Set(appending.map(({ commit }) => commit.hash));
    const { stored, tookMs } = await new OrderedInsert(tools, commits).run(lastDeadline(appending));
    const durablePos = base.pos + stored;
    if (stored > 0) this.#onStored();
    if (stored < commits.length) this.#anotherWroteAtMono = this.#clock.mono();
    this.#answerUpTo(durablePos, appending, resting);
    const rest = [...appending.slice(stored), ...resting.filter(({ restsOn }) => restsOn > durablePos)].map(({ pending }) => pending);
    this.#decideAgain(rest);
    if (stored > 0 && this.#clock.mono() - this.#anotherWroteAtMono < ANOTHER_WRITER_MS) {
      // Otherwise the writer nearest to the store would win every position and the others would starve. Limited, because one insert that the
      // network delayed by a second says nothing about distances.
      await this.#clock.sleep(Math.min(2 * tookMs, LONGEST_REST_MS));
    }
  }

  #answerUpTo(durablePos: number, appending: readonly Appending[], resting: readonly Resting[]): void {
    const durableAtMono = this.#clock.mono();
    for (const {
      pending,
      commit: { pos, events },
      answer,
    } of appending) {
      if (pos > durablePos) break;
      pending.resolve({ pos, appended: true, repeated: false, first: events[0] ?? null, events, answer, durableAtMono });
    }
    for (const { pending, restsOn, answer } of resting) {
      if (restsOn <= durablePos) this.#answer(pending, restsOn, answer);
    }
  }

  #decideAgain(rest: readonly PendingCommand[]): void {
    // Past its deadline the fate of its commit may be unknown: deciding again would take our own commit for an earlier run's.
    for (const pending of rest) if (pending.deadline.passed) pending.expire();
    this.#queued.putBack(rest.filter(({ settled }) => !settled));
  }

  #answer(pending: PendingCommand, pos: number, answer: CommandAnswer): void {
    if (answer.kind === 'refused') {
      pending.reject(answer.error);
      return;
    }
    const first = answer.kind === 'repeated' ? answer.first : null;
    const durableAtMono = this.#clock.mono();
    const said = answer.kind === 'already so' ? answer.answer : undefined;
    pending.resolve({ pos, appended: false, repeated: answer.kind === 'repeated', first, events: [], answer: said, durableAtMono });
  }
}

/** A command that has run out of time has its answer; the insert continues for the commands after it. */
function lastDeadline(appending: readonly Appending[]): Deadline {
  return appending.map(({ pending }) => pending.deadline).reduce((last, next) => (next.leftMs > last.leftMs ? next : last));
}
