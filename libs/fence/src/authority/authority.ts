import { decideJoin, decideLeave } from '@app/domain';
import type { Clock } from '@app/ports';
import type { AppliedCommit, AuthorityLog, RecordReader } from './authority-log.js';
import { readRecords } from './authority-reads.js';
import { Barriers, type BarrierEnded } from './barriers.js';
import { type ChangesFeed, readFeedBack, type ReadBackLimits } from './changes-feed.js';
import { FenceUnavailable } from '../protocol/fence-errors.js';
import { FencedNodes, leaveCommandId } from './fenced-nodes.js';
import type { JoinAnswer, JoinQuestion, LeaveAnswer, LeaveQuestion, RecordsAnswer, RecordsQuestion, RenewAnswer, RenewQuestion } from '../protocol/messages.js';
import { NodeRegistry } from './node-registry.js';
import { fenceLimits, fenceParameters, type FenceParameters } from '../protocol/parameters.js';
import { randomId } from '../protocol/random-id.js';
import type { FenceAuthorityHandlers, FenceTransport } from '../protocol/transport.js';

export interface FenceAuthorityOptions {
  readonly clock: Clock;
  readonly log: AuthorityLog;
  readonly records: RecordReader;
  readonly transport: Pick<FenceTransport, 'push'>;
  /** The value in the registry's first event: `start` refuses another one. */
  readonly leaseMs: number;
  /** For metrics and the log; must not throw. */
  readonly onBarrier?: (ended: BarrierEnded) => void;
  readonly newNonce?: () => string;
  readonly limits?: Partial<ReadBackLimits & { readonly changesPerRenewal: number }>;
}

/** One replica of the authority. There may be any number of them and no leader: the log decides between them. */
export class FenceAuthority implements FenceAuthorityHandlers {
  readonly parameters: FenceParameters;
  readonly #options: FenceAuthorityOptions;
  readonly #clock: Clock;
  readonly #log: AuthorityLog;
  readonly #limits: ReadBackLimits & { readonly changesPerRenewal: number };
  readonly #stopped = new AbortController();
  readonly #registry: NodeRegistry;
  readonly #barriers: Barriers;
  readonly #fencedNodes: FencedNodes;
  #feed: ChangesFeed | null = null;
  /** The commit that feed and registry were last folded with. */
  #foldedPos = 0;
  #stopListening: () => void = () => {};

  constructor(options: FenceAuthorityOptions) {
    const newNonce = options.newNonce ?? randomId;
    this.#options = options;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#limits = { ...fenceLimits, ...options.limits };
    this.parameters = fenceParameters(options.leaseMs);
    this.#registry = new NodeRegistry(() => options.clock.mono(), {
      fenced: (incarnation) => void this.#fencedNodes.removeLater(incarnation),
      left: (incarnation) => this.#barriers.nodeLeft(incarnation),
    });
    this.#fencedNodes = new FencedNodes(options.clock, options.log, this.#registry, options.leaseMs, this.#stopped.signal);
    this.#barriers = new Barriers({
      clock: options.clock,
      log: options.log,
      transport: options.transport,
      registry: this.#registry,
      fencedNodes: this.#fencedNodes,
      parameters: this.parameters,
      newNonce,
      assertInStep: () => void this.#feedInStep(),
      onBarrier: options.onBarrier ?? (() => {}),
    });
  }

  /** Reads the registry and the feed; answers nothing before that. May be called again after it failed. */
  async start(): Promise<void> {
    const meanwhile: AppliedCommit[] = [];
    let listener = (commit: AppliedCommit): void => void meanwhile.push(commit);
    this.#stopListening();
    this.#stopListening = this.#log.onApply((commit) => listener(commit));
    const { pos } = this.#log.head;
    const registry = await this.#log.registryAt(pos);
    if (registry.leaseMs !== this.parameters.leaseAuthorityMs) {
      throw new Error(`The lease of the log is ${registry.leaseMs} ms, but this process was started with ${this.parameters.leaseAuthorityMs} ms.`);
    }
    const feed = await readFeedBack((from, limit) => this.#log.readBack(from, limit), pos, this.#limits);
    this.#registry.load(registry);
    listener = (commit) => {
      // Thrown to the tail, which ends the process: if a position is left out here, no node ever learns of that change.
      if (commit.pos !== this.#foldedPos + 1) throw new Error(`The authority was at ${this.#foldedPos} and was given commit ${commit.pos}.`);
      feed.fold(commit);
      this.#registry.fold(commit);
      this.#foldedPos = commit.pos;
    };
    this.#foldedPos = pos;
    for (const commit of meanwhile) listener(commit);
    this.#feed = feed;
    void this.#barriers.runWhenIdle(this.#stopped.signal);
  }

  /** Stops all background work, and waits for the barriers that changes wait for: each ends within one lease. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#barriers.stop();
    this.#stopListening();
  }

  get changesFeed(): ChangesFeed {
    if (this.#feed === null) throw new FenceUnavailable('the authority is starting');
    return this.#feed;
  }

  get registryFailures(): number {
    return this.#fencedNodes.failures;
  }

  /** Joined and not left. */
  get countedNodes(): readonly string[] {
    return this.#registry.counted();
  }

  /** The node is in the registry before it gets any reply: otherwise a change could miss it (mutant "lease before registration"). */
  async join(question: JoinQuestion): Promise<JoinAnswer> {
    await this.#log.append(`registry-join-${question.incarnation}`, () => decideJoin(question.incarnation));
    const feedFloor = this.changesFeed.floor;
    const [hash, logHash] = await Promise.all([this.#hashAt(feedFloor), this.#hashAt(1)]);
    return { nonce: question.nonce, leaseMs: this.parameters.leaseAuthorityMs, feedFloor, hash, logHash };
  }

  async leave(question: LeaveQuestion): Promise<LeaveAnswer> {
    await this.#leave(question.incarnation);
    return { nonce: question.nonce };
  }

  /**
   * The probe starts after the question arrived (LogTail.probe guarantees it): joining one that runs could miss a change that was
   * acknowledged in between (mutant "a renewal joins a running probe").
   */
  async renew(question: RenewQuestion): Promise<RenewAnswer> {
    const { nonce, incarnation, applied } = question;
    await this.#log.probe();
    const hash = await this.#log.hashAt(applied);
    if (hash !== question.hash) return { kind: 'another-history', nonce };
    // From here to the end of the slice nothing is awaited: registry, feed and head are at one position, at or past the probed one.
    // Before the catch-up, the registry might not contain a fence that is older than the question (mutant "fence check before").
    const feed = this.#feedInStep();
    if (!this.#registry.mayRenew(incarnation)) return { kind: 'refused', nonce };
    const head = this.#log.head;
    const now = this.#now();
    const reset = applied < feed.floor ? { reset: { floor: feed.floor } } : {};
    const changes = feed.after(Math.max(applied, feed.floor), this.#limits.changesPerRenewal + 1);
    if (changes.length <= this.#limits.changesPerRenewal) {
      return { kind: 'granted', nonce, now, head: head.pos, headHash: head.hash, changes, ...reset };
    }
    const sent = changes.slice(0, -1);
    const last = sent.at(-1)?.pos ?? applied;
    return { kind: 'granted', nonce, now, head: last, headHash: await this.#hashAt(last), changes: sent, more: true, ...reset };
  }

  /** May be behind: the node checks it against what it knows has changed. */
  fill(question: RecordsQuestion): Promise<RecordsAnswer> {
    return this.#read(question);
  }

  /** Linearizable: read at a head that was probed after the question arrived (mutant "a strong read joins a running one"). */
  async strongRead(question: RecordsQuestion): Promise<RecordsAnswer> {
    await this.#log.probe();
    return this.#read(question);
  }

  /**
   * Resolves when no node can answer from before `pos` any more. For a change that this process has seen appended or probed.
   * Rejects while starting or stopped, which the waiting change treats as silence: in a registry that was not read, no node is missing.
   */
  barrier(pos: number, names: readonly string[]): Promise<void> {
    return this.#barriers.run({ pos, names });
  }

  /** Only for a process that holds `data/lock`: the lock proves that every earlier process has ended, so none can hold a lease. */
  async decommissionEarlierNodes(): Promise<void> {
    await this.#log.probe();
    for (const incarnation of this.#registry.counted()) await this.#leave(incarnation);
  }

  /**
   * The feed, folded like the registry up to exactly the head that replies name. A replica that has not started, or no longer follows the log
   * while its tail continues, would grant leases without the changes it missed and find no node to wait for.
   */
  #feedInStep(): ChangesFeed {
    const feed = this.changesFeed;
    if (this.#foldedPos !== this.#log.head.pos) throw new FenceUnavailable('the authority does not follow the log');
    return feed;
  }

  async #leave(incarnation: string): Promise<void> {
    await this.#log.append(leaveCommandId(incarnation), () => decideLeave(incarnation));
  }

  async #read(question: RecordsQuestion): Promise<RecordsAnswer> {
    const answer = await readRecords(this.#log, this.#feedInStep(), this.#options.records, question);
    this.#feedInStep();
    return { nonce: question.nonce, now: this.#now(), ...answer };
  }

  /** Never behind the log: commands decide expiry at a commit's time, and a key that is expired for them must not validate. */
  #now(): number {
    return Math.max(this.#clock.wall(), this.#log.head.at);
  }

  async #hashAt(pos: number): Promise<string> {
    const hash = await this.#log.hashAt(pos);
    if (hash === null) throw new FenceUnavailable(`the log has no commit ${pos}`);
    return hash;
  }
}
