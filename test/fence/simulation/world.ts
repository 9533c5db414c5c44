import type { LogTail } from '@app/log';
import type { Commit } from '@app/ports';
import { CascadePositions } from './cascade-views.js';
import { Chaos, type Hostility } from './chaos.js';
import { type Begun, History } from './history.js';
import { type Life, Machine } from './machine.js';
import { Network } from './network.js';
import { type KeysProcess, type NodeProcess, startKeys, startNode, startWriter, type WriterProcess } from './processes.js';
import type { WorldSize } from './schedule.js';
import { Scheduler } from './scheduler.js';
import { CacheContents } from './shared-cache.js';
import { Timeline } from './timeline.js';
import { Truth } from './truth.js';
import { isAcknowledged, runUseCase, type UseCase } from './use-case.js';
import { EndUsers } from './end-users.js';
import type { VisitCommand } from './visits.js';
import { digestOf, FIRST_KEYS, firstCommits, LEASE_MS } from './world-start.js';

const MACHINES = ['keys0', 'keys1', 'writer0', 'writer1', 'node0', 'node1', 'node2'] as const;
/** `LEASE_NODE`, and what two clocks of a machine may hide from each other: half of it each way. */
const LEASE_NODE_MS = 0.8 * LEASE_MS + 2 * 0.05 * LEASE_MS;
const COMMAND_DEADLINE_MS = LEASE_MS + 1_000;

/** Two replicas of keys, two writers, two or three nodes, one store, and everything between them unreliable. */
export class World {
  readonly scheduler = new Scheduler();
  readonly truth = new Truth();
  readonly chaos: Chaos;
  readonly timeline: Timeline;
  readonly history: History;
  readonly network: Network;
  readonly endUsers: EndUsers;
  /** What the nodes share; it outlives them all. */
  readonly cacheContents = new CacheContents(this);
  readonly machines: ReadonlyMap<string, Machine>;
  readonly keyIds: string[] = [...FIRST_KEYS];
  readonly size: WorldSize;
  readonly #writers = new Map<string, WriterProcess>();
  readonly #nodes = new Map<string, NodeProcess>();
  readonly #cascadePositions = new Map<string, CascadePositions>();
  readonly #grantedAt = new Map<Life, number>();
  readonly #down = new Set<Machine>();
  readonly #leaving = new Set<Life>();
  /** Under way, by the process that was asked. */
  readonly #commands = new Map<object, Life>();
  #ids = 0;

  constructor(hostility: Hostility, size: WorldSize, recording: boolean) {
    this.size = size;
    this.timeline = new Timeline(recording, () => this.scheduler.now);
    this.chaos = new Chaos(this.scheduler, hostility);
    this.history = new History(this.truth, this.timeline);
    this.endUsers = new EndUsers(this);
    this.network = new Network(this.scheduler, this.chaos, this.timeline);
    this.network.onGranted = ({ life, sentAt }) => void this.#grantedAt.set(life, Math.max(sentAt, this.#grantedAt.get(life) ?? 0));
    this.machines = new Map(
      MACHINES.slice(0, MACHINES.length - 3 + size.nodes).map((name) => {
        const offsets = this.chaos.choices(`clocks of ${name}`);
        return [name, new Machine(this.scheduler, name, { mono: offsets.between(0, 10_000), wall: offsets.between(-1_000, 1_000) })];
      }),
    );
    for (const commit of firstCommits) this.truth.append(commit);
    this.scheduler.onSettled = ({ machine }) => {
      const pauseMs = this.chaos.pauseMs();
      if (pauseMs === 0) return;
      this.timeline.note(machine.name, `pauses for ${pauseMs.toFixed(1)} ms`);
      machine.stop(pauseMs);
    };
  }

  newId(kind: string): string {
    this.#ids += 1;
    return `${kind}-${this.#ids}`;
  }

  cascadePositions(replica: string): CascadePositions {
    const positions = this.#cascadePositions.get(replica) ?? new CascadePositions();
    this.#cascadePositions.set(replica, positions);
    return positions;
  }

  startAll(): void {
    for (const machine of this.machines.values()) this.start(machine);
  }

  start(machine: Machine): void {
    const { life, name } = machine;
    this.timeline.note(name, 'starts');
    this.scheduler.later(0, life, () => {
      if (name.startsWith('node')) this.#nodes.set(name, startNode(this, life));
      else void this.#startWriter(life);
    });
  }

  /** A process that cannot start ends, and its supervisor starts it again. */
  async #startWriter(life: Life): Promise<void> {
    const { machine } = life;
    try {
      this.#writers.set(machine.name, await (machine.name.startsWith('keys') ? startKeys(this, life) : startWriter(this, life)));
    } catch (error) {
      this.timeline.note(machine.name, 'cannot start', error);
      this.scheduler.later(100, life, () => {
        machine.kill();
        this.start(machine);
      });
    }
  }

  kill(machine: Machine, downMs: number): void {
    this.timeline.note(machine.name, `is killed for ${downMs} ms`);
    machine.kill();
    this.network.replicas.delete(machine.name);
    this.#writers.delete(machine.name);
    this.#nodes.delete(machine.name);
    this.#down.add(machine);
    this.scheduler.later(downMs, null, () => {
      if (this.#down.delete(machine)) this.start(machine);
    });
  }

  /** Leaves the registry after its last answer, and begins anew. */
  stopNode(machine: Machine): void {
    const process = this.#nodes.get(machine.name);
    if (process === undefined) return;
    this.timeline.note(machine.name, 'stops');
    this.#leaving.add(process.life);
    this.scheduler.later(0, process.life, () => {
      void process.node.stop().then(() => {
        machine.kill();
        this.start(machine);
      });
    });
  }

  /** As a client sees it: the request begins now, whenever the process gets round to it. `onEnd` hears whether it was answered. */
  validate(name: string, keyId: string, onEnd: (answered: boolean) => void = () => {}): void {
    const begun = this.history.begin();
    const process = this.#nodes.get(name);
    if (process === undefined) return;
    this.scheduler.later(0, process.life, () => this.#validate(begun, process, keyId, onEnd));
  }

  #validate(begun: Begun, process: NodeProcess, keyId: string, onEnd: (answered: boolean) => void): void {
    if (this.hit(begun, process, keyId)) {
      onEnd(true);
      return;
    }
    const { node, life } = process;
    const { name } = life.machine;
    node.lookUp([digestOf(keyId)]).then(
      (found) => {
        this.history.checkAnswer(begun, keyId, found.get(digestOf(keyId)) ?? null, node.now(), `${name} (asked)`);
        onEnd(true);
      },
      (error: unknown) => {
        this.history.checkFailure(error, name);
        onEnd(false);
      },
    );
  }

  /** The answer from memory, if there is one, with I1, I2, I4 and I10 checked. */
  hit(begun: Begun, { node, life }: NodeProcess, keyId: string): boolean {
    const { name } = life.machine;
    const sentBefore = this.network.messages;
    const hit = node.hit(digestOf(keyId));
    if (this.network.messages !== sentBefore) this.history.violation('I10', `${name} sent a message for a hit`);
    if (hit === null) return false;
    this.history.hits += 1;
    const grantedAt = this.#grantedAt.get(life) ?? -Infinity;
    if (this.scheduler.now - grantedAt >= LEASE_NODE_MS) {
      this.history.violation('I2', `${name} answers at ${this.scheduler.now}, its last renewal was sent at ${grantedAt}`);
    }
    if (!Object.hasOwn(this.truth.registryAt(this.truth.head).nodes, node.incarnation))
      this.history.violation('I4', `${name} answers and is not in the registry`);
    this.history.checkAnswer(begun, keyId, hit.verdict, node.now(), name);
    return true;
  }

  /** Asks all that end users could ask of the node. */
  visit(name: string): void {
    const begun = this.history.begin();
    const process = this.#nodes.get(name);
    if (process !== undefined) this.scheduler.later(0, process.life, () => this.endUsers.askAll(begun, process));
  }

  command(at: number, command: VisitCommand): void {
    const name = `${command.where === 'keys' ? 'keys' : 'writer'}${at}`;
    const begun = this.history.begin();
    const process = this.#writers.get(name);
    if (process === undefined) return;
    this.timeline.note('client', `asks ${name} for ${command.commandId}: ${command.text}`);
    this.scheduler.later(0, process.life, () => void this.#run(begun, process, command));
  }

  async #run(begun: Begun, process: WriterProcess, command: VisitCommand): Promise<void> {
    const run = {};
    this.#commands.set(run, process.life);
    await (command.useCase === undefined ? this.#change(begun, process, command) : this.#useCase(begun, process, command, command.useCase));
    this.#commands.delete(run);
    this.askEverybody();
  }

  async #useCase(begun: Begun, process: WriterProcess, command: VisitCommand, useCase: UseCase): Promise<void> {
    const ran = await runUseCase(process, useCase, COMMAND_DEADLINE_MS, (token) => this.endUsers.given(token));
    if (ran === null) return;
    const { recorded, error } = ran;
    const told = { ...command, names: recorded.names, decide: recorded.decide };
    if (recorded.outcome === null) this.history.refuse(begun, told, error);
    else if (isAcknowledged(recorded, error)) this.history.acknowledge(begun, told, recorded.outcome);
  }

  async #change(begun: Begun, { runner, changes }: WriterProcess, command: VisitCommand): Promise<void> {
    const { commandId, names, decide } = command;
    const asked = { commandId, actor: 'operator', tags: command.tags, deadlineMs: COMMAND_DEADLINE_MS, decide };
    try {
      const outcome = await (names === null ? runner.run(asked) : changes.change(asked, names));
      this.history.acknowledge(begun, command, outcome);
    } catch (error) {
      this.history.refuse(begun, command, error);
    }
  }

  /** The moment after an acknowledgement is the one that counts: whatever is in memory anywhere must already be right. */
  askEverybody(): void {
    const begun = this.history.begin();
    for (const process of this.#nodes.values()) {
      if (process.life.machine.isStopped) continue;
      for (const keyId of this.keyIds) this.hit(begun, process, keyId);
      this.endUsers.askMemory(begun, process);
    }
  }

  /** Called for every commit that reached the store. */
  appended(commit: Commit, by: string): void {
    const decoded = this.truth.decoded[commit.pos - 1];
    this.timeline.note(
      'store',
      `has ${commit.pos} of ${by}`,
      decoded?.events.map(({ type, data }) => [type, ...Object.values(data).filter((value) => typeof value === 'string')]),
    );
    const before = this.truth.decoded[commit.pos - 2]?.hash;
    if (before !== commit.prev) this.history.violation('I5', `position ${commit.pos} does not continue the chain`);
  }

  /** What a process applies must be what is stored, position by position. */
  watch(tail: LogTail, { machine }: Life): void {
    let last = tail.applied;
    tail.onApply(({ pos, hash }) => {
      if (pos !== last + 1) this.history.violation('I5', `${machine.name} applied ${pos} after ${last}`);
      if (this.truth.decoded[pos - 1]?.hash !== hash) this.history.violation('I5', `${machine.name} applied another commit at ${pos}`);
      last = pos;
    });
  }

  /** Returns for how long a process is still stopped. */
  heal(): number {
    this.timeline.note('world', 'nothing is lost or late from now on');
    this.chaos.heal();
    for (const machine of this.#down) this.start(machine);
    this.#down.clear();
    return Math.max(0, ...[...this.machines.values()].map(({ stoppedUntil }) => stoppedUntil - this.scheduler.now));
  }

  /** Every machine runs, none is about to end, and no command is under way. */
  get isComplete(): boolean {
    const running = this.#writers.size + this.#nodes.size;
    const busy = [...this.#leaving, ...this.#commands.values()];
    return running === this.machines.size && !busy.some(({ alive }) => alive);
  }

  get nodes(): readonly NodeProcess[] {
    return [...this.#nodes.values()];
  }

  get replicas(): readonly KeysProcess[] {
    return [...this.#writers.values()].filter((process): process is KeysProcess => 'cascade' in process);
  }
}
