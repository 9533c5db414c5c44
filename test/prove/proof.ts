import { SeededRandom } from '@test/support/random/seeded-random.js';
import { blockRaces } from './block-races.js';
import type { Fault } from './faults/fault.js';
import { FAULTS, SKIPPED } from './faults/fault-list.js';
import { type Fairness, fairnessOfWriters, isUnfair } from './fairness.js';
import { Ledger } from './ledger.js';
import { Load } from './load.js';
import { targetOf } from './load-targets.js';
import { checkExactlyOnce, unfinishedCauses } from './log-checks.js';
import { LogWitness } from './log-witness.js';
import { NatsValidator } from './nats-validator.js';
import { checkPackets, type Packets, packetsOfHits } from './packets.js';
import { recovered } from './recovery.js';
import { pause, Site } from './site.js';
import { Violations } from './violations.js';

export interface ProofOptions {
  readonly seed: number;
  /** Random combinations of faults go on until then; the faults one by one take what they take. */
  readonly minutes: number;
  readonly distDir?: string;
  readonly leaseMs?: number;
  readonly packetMs?: number;
  readonly fairnessMs?: number;
  readonly blockRounds?: number;
  /** Part of the names of the faults that are wanted, without the parts that need none; where no name has it, those parts alone. Default: all. */
  readonly only?: string;
  /** Ends at the first violation: for a system with a mistake in it. */
  readonly untilFound?: boolean;
  readonly say: (text: string) => void;
}

export interface ProofReport {
  readonly seed: number;
  readonly servers: readonly string[];
  readonly seconds: number;
  readonly load: Load['numbers'];
  readonly endUsers: Load['endUsers']['numbers'];
  readonly commands: { readonly commands: number; readonly undecided: number; readonly longestAttemptMs: number };
  readonly faults: number;
  readonly kills: number;
  readonly cuts: number;
  readonly commits: number;
  readonly blockRounds: number;
  readonly longestRecoveryMs: number;
  readonly packets: Packets | null;
  readonly fairness: Fairness | null;
  readonly skipped: readonly string[];
  readonly violations: Violations['found'];
}

const LEASE_MS = 1_000;
const CASCADES_MS = 60_000;
/** Of a run that has the time, and of a short one. */
const PACKETS_MS = { long: 10_000, short: 5_000 };
const FAIRNESS_MS = { long: 30_000, short: 5_000 };
const LONG_MINUTES = 10;
const BLOCK_ROUNDS = 6;
const MOST_AT_ONCE = 3;
const MOST_SHOWN = 40;

/** One run of the whole proof. */
class Proof {
  readonly #options: ProofOptions;
  readonly #random: SeededRandom;
  readonly #ledger = new Ledger();
  readonly #violations: Violations;
  #site: Site | null = null;
  #faults = 0;
  #longestRecoveryMs = 0;
  #packets: Packets | null = null;
  #fairness: Fairness | null = null;
  #blockRounds = 0;

  constructor(options: ProofOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
    this.#violations = new Violations(({ invariant, what, timeline, atSeconds, during }) => {
      const isNew = this.#violations.found.filter((other) => other.what === what).length === 1;
      if (isNew && this.#violations.found.length <= MOST_SHOWN)
        options.say(`\n${invariant} broken after ${atSeconds.toFixed(1)} s (${during}): ${what}\n${timeline}\n`);
    });
  }

  async run(): Promise<ProofReport> {
    const { say, distDir, leaseMs = LEASE_MS } = this.#options;
    say(`Starting the servers and services, seed ${this.#options.seed} …`);
    const site = await Site.opened({ leaseMs, distDir, random: this.#random.split('site'), violations: this.#violations, say });
    this.#site = site;
    const messages = await NatsValidator.connected(site.stack, site.backendKey);
    const witness = await LogWitness.watching(site.stack, this.#violations);
    try {
      this.#violations.begin();
      this.#startLoad(site, messages);
      await this.#test(site);
      await site.load.end();
      const commits = await this.#checkLog(site, witness);
      return this.#report(site, commits);
    } finally {
      await site.load.end();
      await messages.close();
      await witness.close();
      await site.close();
    }
  }

  get #isFound(): boolean {
    return this.#options.untilFound === true && this.#violations.found.some(({ invariant }) => /^I\d+$/.test(invariant));
  }

  #startLoad(site: Site, messages: NatsValidator): void {
    const gateways = new Map(site.replicas.filter(({ service }) => service === 'gateway').map((each) => [each.name, targetOf(each, site.backendKey)]));
    const [gateway] = gateways.values();
    if (gateway === undefined) throw new Error('There is no gateway.');
    const nodes = new Map(site.nodes.map((node) => [node.name, targetOf(node, site.backendKey)]));
    site.load = new Load({ gateway, gateways, host: new URL(site.authUrl).host, nodes, messages }, this.#random.split('load'), this.#ledger, this.#violations);
    site.load.begin();
  }

  async #test(site: Site): Promise<void> {
    const { minutes, only = '', say } = this.#options;
    const until = performance.now() + minutes * 60_000;
    await this.#warmUp();
    const wanted = FAULTS.filter(({ name }) => name.includes(only));
    if (only === '' || wanted.length === 0) await this.#withoutFaults(site);
    for (const fault of wanted) await this.#suffer([fault]);
    while (performance.now() < until && wanted.length > 0 && !this.#isFound)
      await this.#suffer(this.#random.sample(wanted, this.#random.whole(2, MOST_AT_ONCE)));
    say(`… ${this.#progress()}`);
  }

  /** First, while the log is short: where the database reads all of it for each command, a long one is slow for all, which says nothing of turns. */
  async #withoutFaults(site: Site): Promise<void> {
    await site.load.hold();
    await this.#quietly('the fairness of writers', async () => {
      this.#fairness = await fairnessOfWriters(site, this.#options.fairnessMs ?? this.#sized(FAIRNESS_MS));
      if (isUnfair(this.#fairness)) this.#violations.add('fairness', `A command waited ${this.#fairness.longestMs.toFixed(0)} ms for its turn.`);
    });
    await this.#quietly('the packets of hits', async () => {
      const ms = this.#options.packetMs ?? this.#sized(PACKETS_MS);
      this.#packets = await packetsOfHits(site, ms);
      checkPackets(this.#packets, ms, site);
    });
    await this.#quietly('the block races', async () => {
      this.#blockRounds = await blockRaces(site, this.#options.blockRounds ?? BLOCK_ROUNDS, this.#options.seed);
    });
    site.load.release();
  }

  #sized({ long, short }: { readonly long: number; readonly short: number }): number {
    return this.#options.minutes >= LONG_MINUTES ? long : short;
  }

  /** Without any fault nothing may be wrong either. */
  async #warmUp(): Promise<void> {
    this.#violations.during = 'no fault';
    await pause(3_000);
  }

  async #quietly(what: string, act: () => Promise<void>): Promise<void> {
    this.#options.say(`  ${what}`);
    this.#violations.during = what;
    await act();
  }

  async #suffer(faults: readonly Fault[]): Promise<void> {
    const site = this.#site;
    if (site === null || this.#isFound) return;
    const taken = faults.flatMap((fault) => {
      const claim = site.take(fault.claims);
      return claim === null ? [] : [{ fault, ...claim }];
    });
    const names = taken.map(({ fault }) => fault.name).join(' + ');
    this.#violations.during = names;
    const beganAt = performance.now();
    await Promise.all(
      taken.map(async ({ fault, replicas }) => {
        this.#faults += 1;
        await fault
          .run(site, replicas, this.#random.split(`${fault.name} ${this.#faults}`))
          .catch((error: unknown) =>
            this.#violations.add('proof', `${fault.name} could not be done: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
          );
      }),
    );
    const brokenMs = performance.now() - beganAt;
    const recoveryMs = await recovered(site);
    for (const { release } of taken) release();
    site.load.giveBack();
    this.#longestRecoveryMs = Math.max(this.#longestRecoveryMs, recoveryMs);
    this.#options.say(`  ${names}: ${(brokenMs / 1_000).toFixed(1)} s, well again after ${(recoveryMs / 1_000).toFixed(1)} s; ${this.#progress()}`);
  }

  #progress(): string {
    const { validations, undecided, denials } = this.#site?.load.numbers ?? { validations: 0, undecided: 0, denials: 0 };
    return `${validations} validations, ${undecided} undecided, ${denials} denials, ${this.#violations.found.length} violations`;
  }

  async #checkLog(site: Site, witness: LogWitness): Promise<number> {
    this.#violations.during = 'the check of the log';
    this.#options.say('  the check of the log');
    const until = performance.now() + CASCADES_MS;
    let unfinished = unfinishedCauses(await witness.commits());
    while (unfinished.length > 0 && performance.now() < until) {
      await pause(500);
      unfinished = unfinishedCauses(await witness.commits());
    }
    for (const what of unfinished) this.#violations.add('I8', what);
    const commits = await witness.end();
    // The fairness case asks for metadata on its own account.
    checkExactlyOnce(commits, this.#ledger, this.#violations);
    for (const replica of site.replicas) if (!replica.isRunning) this.#violations.add('process', `${replica.name} ended by itself`, replica.lastWords);
    return commits.length;
  }

  #report(site: Site, commits: number): ProofReport {
    const clients = site.load.clients.map(({ numbers }) => numbers);
    return {
      seed: this.#options.seed,
      servers: Object.values(site.stack.servers).map(({ name, version }) => `${name} ${version}`),
      seconds: this.#violations.seconds,
      load: site.load.numbers,
      endUsers: site.load.endUsers.numbers,
      commands: {
        commands: clients.reduce((sum, { commands }) => sum + commands, 0),
        undecided: clients.reduce((sum, { undecided }) => sum + undecided, 0),
        longestAttemptMs: Math.max(...clients.map(({ longestAttemptMs }) => longestAttemptMs)),
      },
      faults: this.#faults,
      kills: site.kills,
      cuts: site.edges.cuts,
      commits,
      blockRounds: this.#blockRounds,
      longestRecoveryMs: this.#longestRecoveryMs,
      packets: this.#packets,
      fairness: this.#fairness,
      skipped: SKIPPED,
      violations: this.#violations.found,
    };
  }
}

/** Starts everything, breaks and repairs it, judges every answer and the log, stops everything. Rejects only when it cannot be run at all. */
export const prove = (options: ProofOptions): Promise<ProofReport> => new Proof(options).run();
