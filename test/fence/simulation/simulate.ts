import { causeOf, isAffectedBy } from '@app/domain';
import type { Begun } from './history.js';
import { commandOf, type Operation } from './operations.js';
import type { PlannedVisit, Schedule, Step } from './schedule.js';
import type { Truth } from './truth.js';
import { type VisitCommand, visitCommandOf } from './visits.js';
import { World } from './world.js';
import { FIRST_KEYS, HOSTS } from './world-start.js';

export interface SimulationResult {
  readonly violations: readonly string[];
  readonly timeline: readonly string[];
  /** Things that happened: the same for the same schedule, or the simulation is not deterministic. */
  readonly happened: number;
  readonly commits: number;
  readonly answers: number;
  readonly hits: number;
  readonly acknowledged: number;
}

/** Runs one schedule from an empty world to a healed one. Throws only when the simulation itself is wrong. */
export const simulate = async (schedule: Schedule, recording = false): Promise<SimulationResult> => {
  const world = new World(schedule.hostility, schedule, recording);
  const giveBack = world.scheduler.takeOver();
  try {
    await run(world, schedule);
  } finally {
    giveBack();
  }
  const { violations, answers, hits, acknowledgements } = world.history;
  return {
    violations,
    timeline: world.timeline.lines,
    happened: world.scheduler.happened,
    commits: world.truth.head,
    answers,
    hits,
    acknowledged: acknowledgements,
  };
};

/** More than the longest waits that may be under way, one after the other: a start, a join that was lost, a cascade that failed. */
const HEALING = { everyMs: 150, times: 60 } as const;

const run = async (world: World, { steps, visits }: Schedule): Promise<void> => {
  const commands: VisitCommand[] = [];
  world.endUsers.expected = visits.length > 0;
  world.startAll();
  await world.scheduler.advance(60);
  for (const [index, { step, thenMs }] of steps.entries()) {
    if (world.history.violations.length > 0) return;
    for (const planned of visits) if (planned.before === index) visit(world, planned, commands);
    take(world, step, commands);
    await world.scheduler.advance(thenMs);
  }
  await world.scheduler.advance(world.heal());
  for (let times = 0; times < HEALING.times && !isHealed(world); times += 1) await world.scheduler.advance(HEALING.everyMs);
  await checkHealed(world);
  checkCascades(world);
  world.history.checkLog();
};

const visit = (world: World, { at, visit: what }: PlannedVisit, commands: VisitCommand[]): void => {
  const command = visitCommandOf(what, commands.length + 1, world.endUsers.browsers);
  if (command === null) return;
  commands.push(command);
  world.command(at, command);
};

const take = (world: World, step: Step, commands: VisitCommand[]): void => {
  switch (step.kind) {
    case 'command':
      return newCommand(world, step, commands);
    case 'again': {
      const again = commands.at(-1 - step.back);
      if (again !== undefined) world.command(step.at, again);
      return;
    }
    case 'validate':
      return world.validate(`node${step.node}`, `k${step.key}`);
    case 'validate everywhere':
      return validateEverywhere(world);
    case 'newcomer':
      return newcomer(world, step, commands);
    case 'burst':
      return burst(world, step.operations, commands);
    case 'isolate':
      for (const replica of ['keys0', 'keys1']) {
        world.chaos.cut(`node${step.node}>${replica}`, step.ms);
        world.chaos.cut(`${replica}>node${step.node}`, step.ms);
      }
      return world.timeline.note('world', `node${step.node} is isolated for ${step.ms} ms`);
    case 'cut':
      world.timeline.note('world', `${step.way} is cut for ${step.ms} ms`);
      return world.chaos.cut(step.way, step.ms);
    case 'leave':
      return disturb(world, 'leave', `node${step.node}`, 0);
    default:
      return disturb(world, step.kind, step.machine, step.ms);
  }
};

const validateEverywhere = (world: World): void => {
  for (const name of world.machines.keys()) {
    for (const keyId of world.keyIds) world.validate(name, keyId);
    world.visit(name);
  }
};

type Asked = Pick<Extract<Step, { kind: 'command' }>, 'at' | 'operation'>;

const newCommand = (world: World, { at, operation }: Asked, commands: VisitCommand[]): void => {
  const command = commandOf(operation, commands.length + 1, `k${world.keyIds.length}`);
  if (command.issues !== null) world.keyIds.push(command.issues);
  commands.push(command);
  world.command(at, command);
};

/** Changes close upon each other, and every node is asked all the while. */
const burst = (world: World, operations: readonly Operation[], commands: VisitCommand[]): void => {
  for (const [index, operation] of operations.entries()) {
    world.scheduler.later(6 * index, null, () => {
      newCommand(world, { at: index % 2, operation }, commands);
      validateEverywhere(world);
    });
  }
};

const newcomer = (world: World, { node, at, operation }: Extract<Step, { kind: 'newcomer' }>, commands: VisitCommand[]): void => {
  disturb(world, 'kill', `node${node}`, 0);
  world.scheduler.later(12, null, () => {
    for (const keyId of world.keyIds) world.validate(`node${node}`, keyId);
  });
  world.scheduler.later(20, null, () => newCommand(world, { at, operation }, commands));
};

const disturb = (world: World, how: 'stop process' | 'kill' | 'vm sleeps' | 'no store' | 'clock step' | 'leave', name: string, ms: number): void => {
  const machine = world.machines.get(name);
  // A world of two nodes has no third.
  if (machine === undefined) return;
  if (how === 'kill') return world.kill(machine, ms);
  if (how === 'leave') return world.stopNode(machine);
  world.timeline.note(name, `${how} ${ms} ms`);
  if (how === 'stop process') machine.stop(ms);
  else if (how === 'vm sleeps') machine.sleepVm(ms);
  else if (how === 'no store') world.chaos.cut(`${name}>store`, ms);
  else machine.stepWall(ms);
};

const lastCause = ({ decoded }: Truth): number =>
  decoded.findLast(({ events, pos, at }) => events.some((event) => causeOf(event, { pos, at }) !== null))?.pos ?? 0;

const isHealed = ({ isComplete, nodes, replicas, truth }: World): boolean =>
  isComplete && nodes.every(({ node }) => node.leased()) && replicas.every(({ cascade }) => cascade.cascadeStatus().position >= lastCause(truth));

/** What is not answered, and who has no lease afterwards. */
const askAll = async (world: World): Promise<readonly string[]> => {
  const unanswered = new Set<string>();
  const asks = (question: string, ask: (onEnd: (answered: boolean) => void) => void): void => {
    unanswered.add(question);
    ask((answered) => {
      if (answered) unanswered.delete(question);
    });
  };
  for (const process of world.nodes) {
    const { name } = process.life.machine;
    for (const keyId of FIRST_KEYS) asks(`${keyId} at ${name}`, (onEnd) => world.validate(name, keyId, onEnd));
    const visit = (ask: (begun: Begun) => void): void => world.scheduler.later(0, process.life, () => ask(world.history.begin()));
    for (const [index, token] of world.endUsers.tokens.entries())
      asks(`token ${index} at ${name}`, (onEnd) => visit((begun) => world.endUsers.show(begun, process, token, onEnd)));
    if (world.endUsers.expected)
      for (const host of HOSTS) asks(`${host} at ${name}`, (onEnd) => visit((begun) => world.endUsers.askHost(begun, process, host, onEnd)));
  }
  await world.scheduler.advance(HEALING.everyMs);
  const unleased = world.nodes.filter(({ node }) => !node.leased()).map(({ life }) => `${life.machine.name} has no lease`);
  return [...unanswered, ...unleased];
};

/** Nothing that went wrong may last: every node answers again, from memory, and right. */
const checkHealed = async (world: World): Promise<void> => {
  const { history } = world;
  let missing = await askAll(world);
  // What was lost or late before the healing may still be waited for: asking again must help.
  for (let times = 0; times < HEALING.times && missing.length > 0; times += 1) missing = await askAll(world);
  if (missing.length > 0) history.violation('recovery', `though nothing is lost or late any more: ${missing.join()}`);
  world.askEverybody();
};

/** I8: per cause, what is recorded is what follows from the log. */
const checkCascades = ({ truth, replicas, history }: World): void => {
  for (const { cascade, life } of replicas) {
    const { position } = cascade.cascadeStatus();
    if (position < lastCause(truth)) history.violation('I8', `the cascade of ${life.machine.name} has got no further than ${position}`);
  }
  const keys = truth.keysAt(truth.head);
  for (const { events, pos, at } of truth.decoded) {
    for (const event of events) {
      const cause = causeOf(event, { pos, at });
      if (cause === null || cause.kind === 'user.unblocked') continue;
      const expected = keys
        .filter((key) => isAffectedBy(cause, key))
        .map(({ keyId }) => keyId)
        .toSorted();
      const recorded = truth.decoded
        .flatMap(({ events: later }) => later)
        .flatMap((one) => (one.type === 'api-key.invalidated.v1' && one.data.causePos === pos ? [one.data.keyId] : []))
        .toSorted();
      if (expected.join() !== recorded.join()) history.violation('I8', `${cause.kind} at ${pos} ends ${expected.join()}; recorded are ${recorded.join()}`);
    }
  }
};
