import { type FenceRecordState, keyVerdict, nameOf, Refusal, tags } from '@app/domain';
import { FenceUnavailable, namesChangedBy, type ResolvedRecords } from '@app/fence';
import type { Outcome } from '@app/log';
import type { SimulatedCommand } from './operations.js';
import type { Timeline } from './timeline.js';
import { comparable, type Truth } from './truth.js';

/** What was known to be acknowledged when a request began. */
export interface Begun {
  /** The newest acknowledged change of each name, and the acknowledged creation of each key. */
  readonly acknowledged: ReadonlyMap<string, number>;
  /** The newest position that any acknowledged command rests on. */
  readonly pos: number;
  /** The head of the store. */
  readonly head: number;
}

const isAcknowledgedRefusal = (error: unknown): error is Refusal => error instanceof Refusal && error.code !== 'UNAVAILABLE';

/** What was answered, held against the log: every check of a schedule that is about answers. */
export class History {
  readonly violations: string[] = [];
  answers = 0;
  hits = 0;
  acknowledgements = 0;
  refusals = 0;
  undecided = 0;
  readonly #truth: Truth;
  readonly #timeline: Timeline;
  readonly #acknowledged = new Map<string, number>();
  readonly #appended = new Map<string, number>();
  #pos = 0;

  constructor(truth: Truth, timeline: Timeline) {
    this.#truth = truth;
    this.#timeline = timeline;
  }

  begin(): Begun {
    return { acknowledged: new Map(this.#acknowledged), pos: this.#pos, head: this.#truth.head };
  }

  violation(invariant: string, what: string): void {
    this.#timeline.note('CHECK', `${invariant} is broken: ${what}`);
    this.violations.push(`${invariant}: ${what}`);
  }

  /** I1 for one answer of a validation; null if nothing was ever created with the token. */
  checkAnswer(begun: Begun, keyId: string, answer: ResolvedRecords | null, nowMs: number, who: string): void {
    this.answers += 1;
    if (this.#timeline.isRecording) this.#timeline.note(who, `answers ${keyId}`, answer === null ? 'unknown' : verdictText(answer, nowMs));
    if (answer === null) {
      const issuedAt = this.#truth.versions(tags.key(keyId))[0]?.pos ?? Infinity;
      if (issuedAt <= (begun.acknowledged.get(tags.key(keyId)) ?? 0))
        this.violation('I1', `${who} does not know ${keyId}, issued at ${issuedAt} and acknowledged`);
      return;
    }
    const matches = recordsOf(answer).map((record) => this.#matches(begun, record, who, keyId));
    const isRefusal = answer.kind === 'key' && !keyVerdict(answer.records, nowMs).valid;
    if (isRefusal && matches.every((one) => one.length > 0) && !haveCommonPosition(matches)) {
      this.violation('I1', `${who} refuses ${keyId} for records that never were so at one position`);
    }
  }

  /** I11. */
  checkFailure(error: unknown, who: string): void {
    this.undecided += 1;
    if (!(error instanceof FenceUnavailable)) this.violation('I11', `${who} was undecided and threw ${String(error)}`);
  }

  /** I7, and that the decision was taken on the state right before its position. */
  acknowledge(begun: Begun, command: SimulatedCommand, outcome: Outcome): void {
    this.acknowledgements += 1;
    const { commandId, names, text } = command;
    this.#timeline.note('client', `${commandId} (${text}) is acknowledged`, { pos: outcome.pos, appended: outcome.appended });
    if (outcome.pos < begun.pos) this.violation('I7', `${commandId} was answered at ${outcome.pos}, after ${begun.pos} had been acknowledged`);
    if (outcome.appended) this.#checkAppended(begun, command, outcome);
    else if (!outcome.repeated && command.decide(this.#truth.viewAt(outcome.pos), 0).length > 0) {
      this.violation('I7', `${commandId} was "already so" at ${outcome.pos}, where it was not`);
    }
    if (outcome.appended || outcome.repeated) this.#appended.set(commandId, outcome.appended ? outcome.pos : (this.#truth.commandPos(commandId) ?? -1));
    for (const name of names ?? []) this.#note(name, outcome.pos);
    if (command.issues !== null && outcome.appended) this.#note(`key-${command.issues}`, outcome.pos);
    this.#pos = Math.max(this.#pos, outcome.pos);
  }

  /** A refusal must be right at a position that is not older than the request; a 404 acknowledges like a 2xx. */
  refuse(begun: Begun, command: SimulatedCommand, error: unknown): void {
    this.#timeline.note('client', `${command.commandId} (${command.text}) ends`, error);
    if (!isAcknowledgedRefusal(error)) {
      if (!(error instanceof Refusal)) this.violation('I11', `${command.commandId} threw ${String(error)}`);
      return;
    }
    this.refusals += 1;
    let wasRight = false;
    for (let pos = begun.pos; pos <= this.#truth.head && !wasRight; pos += 1) wasRight = refusesWith(command, this.#truth, pos, error);
    if (!wasRight) this.violation('I7', `${command.commandId} (${command.text}) was refused with ${error.code}, which was right nowhere after ${begun.pos}`);
    if (error.code === 'NOT_FOUND') for (const name of command.names ?? []) this.#note(name, begun.head);
  }

  /** I6: every acknowledged command is in the log once, where its answer said. */
  checkLog(): void {
    const seen = new Map<string, number>();
    for (const { commandId, pos } of this.#truth.decoded) {
      if (seen.has(commandId)) this.violation('I6', `${commandId} is in the log twice, at ${String(seen.get(commandId))} and ${pos}`);
      seen.set(commandId, pos);
    }
    for (const [commandId, pos] of this.#appended) {
      if (seen.get(commandId) !== pos) this.violation('I6', `${commandId} was acknowledged at ${pos} and is at ${String(seen.get(commandId))}`);
    }
  }

  #checkAppended(begun: Begun, command: SimulatedCommand, { pos, events }: Outcome): void {
    const stored = this.#truth.decoded[pos - 1];
    if (pos <= begun.pos) this.violation('I7', `${command.commandId} was appended at ${pos}, after ${begun.pos} had been acknowledged`);
    const again = command.decide(this.#truth.viewAt(pos - 1), stored?.at ?? 0);
    if (JSON.stringify(again) !== JSON.stringify(events) || JSON.stringify(stored?.events) !== JSON.stringify(events)) {
      this.violation('I7', `${command.commandId} at ${pos} was not decided on the state before it`);
    }
    const untold = namesChangedBy(events).filter((name) => command.names?.includes(name) !== true);
    if (untold.length > 0) this.violation('I1', `${command.commandId} changed ${untold.join()} without a barrier`);
  }

  #note(name: string, pos: number): void {
    this.#acknowledged.set(name, Math.max(pos, this.#acknowledged.get(name) ?? 0));
  }

  /** The spans of positions at which the record was so, none of them before what was acknowledged. */
  #matches({ acknowledged }: Begun, record: FenceRecordState, who: string, keyId: string): readonly Span[] {
    const name = nameOf(record);
    const from = acknowledged.get(name) ?? 0;
    const versions = this.#truth.versions(name);
    const json = comparable(record);
    const spans: Span[] = [];
    for (const [index, version] of versions.entries()) {
      const until = (versions[index + 1]?.pos ?? Infinity) - 1;
      if (until >= from && this.#truth.recordJson(name, version) === json) spans.push({ from: Math.max(from, version.pos), until });
    }
    if (spans.length === 0) this.violation('I1', `${who} answers ${keyId} from ${name} as it was before ${from}, where its change was acknowledged`);
    return spans;
  }
}

interface Span {
  readonly from: number;
  readonly until: number;
}

const haveCommonPosition = (all: readonly (readonly Span[])[]): boolean => {
  const starts = all.flat().map(({ from }) => from);
  return starts.some((pos) => all.every((spans) => spans.some(({ from, until }) => from <= pos && pos <= until)));
};

const recordsOf = (answer: ResolvedRecords): readonly FenceRecordState[] => {
  if (answer.kind === 'backendkey') return [answer.records.backendKey, answer.records.environment];
  const { key, environment, user, org, creator, memberOrgs } = answer.records;
  return [key, environment, user, org, creator, ...memberOrgs].filter((record) => record !== null);
};

const verdictText = (answer: ResolvedRecords, nowMs: number): string =>
  answer.kind === 'key' ? JSON.stringify(keyVerdict(answer.records, nowMs)) : 'a backend key';

const refusesWith = (command: SimulatedCommand, truth: Truth, pos: number, refusal: Refusal): boolean => {
  try {
    command.decide(truth.viewAt(pos), 0);
    return false;
  } catch (error) {
    return error instanceof Refusal && error.code === refusal.code;
  }
};
