import { RemoteChangeFence } from '@app/directory';
import { type BarrierQuestion, FenceAuthority, FenceNode } from '@app/fence';
import { Cascade, LocalChangeFence, LogOfAuthority, LogRecordReader } from '@app/keys';
import { CommandRunner, LogTail, StateCache } from '@app/log';
import { ChangeCommands, type ChangeFence, EntityStates } from '@app/platform';
import type { Clock } from '@app/ports';
import { cascadeOf } from './cascade-views.js';
import type { Life } from './machine.js';
import { CACHE_SECRET, SimulatedCache } from './shared-cache.js';
import { SimulatedEventLog } from './store.js';
import type { World } from './world.js';
import { hashes, LEASE_MS } from './world-start.js';

/** What a process that writes has: its own tail, states and queue of commands. */
export interface WriterProcess {
  readonly life: Life;
  readonly tail: LogTail;
  readonly runner: CommandRunner;
  readonly states: EntityStates;
  readonly fence: ChangeFence;
  readonly changes: ChangeCommands;
}

export interface KeysProcess extends WriterProcess {
  readonly authority: FenceAuthority;
  readonly cascade: Cascade;
}

export interface NodeProcess {
  readonly life: Life;
  readonly node: FenceNode;
}

interface LogParts {
  readonly clock: Clock;
  readonly log: SimulatedEventLog;
  readonly tail: LogTail;
  readonly states: StateCache;
  readonly runner: CommandRunner;
}

/** Small enough that a schedule evicts states and reads several pages. */
const MAX_TAGS = 16;
const PAGE_SIZE = 3;
const POLL_MS = 400;

const openLog = async (world: World, life: Life): Promise<LogParts> => {
  const { clock } = life.machine;
  const log = new SimulatedEventLog(world, life, (commit, by) => world.appended(commit, by));
  const onFatal = (error: Error): void => world.history.violation('I5', `${life.machine.name} lost the log: ${error.message}`);
  const tail = new LogTail(log, { clock, pollMs: POLL_MS, pageSize: PAGE_SIZE, onFatal });
  await tail.start();
  world.watch(tail, life);
  const states = new StateCache(log, tail, { maxTags: MAX_TAGS });
  const runner = new CommandRunner(log, tail, states, { clock, batchSize: 4, retryMs: 20, backgroundWaitMs: 100 });
  return { clock, log, tail, states, runner };
};

/** A replica of keys as the product composes it: the same classes, with this world's store, network and clock behind them. */
export const startKeys = async (world: World, life: Life): Promise<KeysProcess> => {
  const { clock, log, tail, states, runner } = await openLog(world, life);
  const entityStates = new EntityStates(states, tail);
  const authority = new FenceAuthority({
    clock,
    log: new LogOfAuthority(log, tail, runner, entityStates),
    records: new LogRecordReader(entityStates, hashes, tail),
    transport: world.network.forAuthority(life),
    leaseMs: LEASE_MS,
    newNonce: () => world.newId('nonce'),
    limits: { changesInMemory: world.size.feed, commitsReadBack: 12, changesPerRenewal: 2 },
  });
  await authority.start();
  const cascade = cascadeOf(world.truth, world.cascadePositions(life.machine.name), { clock, log, tail, runner, states: entityStates });
  await cascade.start();
  world.network.replicas.set(life.machine.name, { life, authority });
  const fence = new LocalChangeFence(authority, clock);
  return { life, tail, runner, states: entityStates, fence, authority, cascade, changes: new ChangeCommands(runner, fence, tail, clock) };
};

export const startWriter = async (world: World, life: Life): Promise<WriterProcess> => {
  const { clock, tail, states, runner } = await openLog(world, life);
  const transport = { barrier: (question: BarrierQuestion, deadlineMs: number) => world.network.barrier(life, question, deadlineMs) };
  const fence = new RemoteChangeFence({ clock, transport, leaseMs: LEASE_MS, incarnation: life.machine.name, newNonce: () => world.newId('nonce') });
  return { life, tail, runner, states: new EntityStates(states, tail), fence, changes: new ChangeCommands(runner, fence, tail, clock) };
};

/** Resolves when the node has asked once; it serves before that, as "cannot know". */
export const startNode = (world: World, life: Life): NodeProcess => {
  const { sharedCache } = world.chaos.hostility;
  const cache = sharedCache === null ? {} : { cache: { store: new SimulatedCache(world, world.cacheContents, life, sharedCache), secret: CACHE_SECRET } };
  const node = new FenceNode({
    clock: life.machine.clock,
    transport: world.network.forNode(life),
    cacheKeys: world.size.cacheKeys,
    lastChangeNames: world.size.lastChangeNames,
    onBroken: (error) => world.history.violation('I5', `${life.machine.name} lost the log: ${error.message}`),
    newIncarnation: () => world.newId('incarnation'),
    newNonce: () => world.newId('nonce'),
    ...cache,
  });
  void node.start();
  return { life, node };
};
