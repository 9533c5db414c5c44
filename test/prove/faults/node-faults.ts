import type { ServiceReplica } from '@tools/stack';
import { validateRequest } from '@test/support/clients/connected-backend-api.js';
import { HttpConnection } from '@test/support/clients/http-connection.js';
import { targetOf } from '../load-targets.js';
import type { ObservedKey } from '../observed-key.js';
import { pause, type Site } from '../site.js';
import { type Fault, first, happened } from './fault.js';

const QUEUED = 12;
/** Questions of a node that was killed need not be waited for longer. */
const SILENCE_MS = 15_000;

/**
 * I2. The node holds the keys in memory and does not run while they end. It is stopped when it has just been asked: then it goes on with
 * reading those sockets, before any of its timers, and finds there what was asked after the acknowledgement too. A process that is stopped
 * in its sleep looks at its timers first. Unless it is cut off, the pushes wait in a socket of its as well and may come first.
 */
export const nodeStoppedPastItsLease = (isCut: boolean): Fault => ({
  name: `a node stopped past its lease${isCut ? ' and cut from NATS' : ''}, with questions queued in its sockets`,
  claims: ['validation'],
  run: async (site, replicas, random) => {
    const node = first(replicas);
    const world = await site.load.ownWorld(`stopped-node ${isCut ? 'cut' : ''}`);
    const questions = Array.from({ length: QUEUED }, () => questioner(site, node));
    const keys = [...world.keys];
    await Promise.all(questions.map(({ ask }, index) => ask(keys[index % keys.length] ?? fail())));
    const early = questions.map(({ ask }, index) => ask(keys[index % keys.length] ?? fail()));
    node.pause();
    if (isCut) site.edges.cut(node.name, 'nats');
    await world.block();
    const revoked = world.isOver ? null : await world.revokeOne();
    if (random.chance(0.5)) await pause(random.between(0, site.leaseMs));
    const denied = keys.filter((key) => !key.isLiving || key.kind === 'member' || key === revoked);
    const asked = questions.map(({ ask }, index) => ask(denied[index % denied.length] ?? fail()));
    // Until the kernel has them all: what arrives after the node goes on is no longer queued.
    await pause(50);
    node.resume();
    await Promise.all([...early, ...asked]);
    for (const { close } of questions) close();
  },
});

/** What it has acknowledged it must have applied: it is stopped in that moment, and goes on with its lease and with the questions of afterwards. */
export const nodeStoppedAfterItsAck: Fault = {
  name: 'a node stopped when it has just acknowledged',
  claims: ['validation'],
  run: async (site, replicas) => {
    const node = first(replicas);
    const world = await site.load.ownWorld('acknowledging-node');
    const questions = Array.from({ length: QUEUED }, () => questioner(site, node));
    const keys = [...world.keys];
    await Promise.all(questions.map(({ ask }, index) => ask(keys[index % keys.length] ?? fail())));
    const line = site.edges.of(node.name, 'nats');
    const early: Promise<number>[] = [];
    // The acknowledgement must be that of the block.
    await site.load.hold();
    line.watch = (direction, piece) => {
      if (direction !== 'up' || !piece.includes('PUB _INBOX_keys')) return;
      line.watch = null;
      early.push(...questions.map(({ ask }, index) => ask(keys[index % keys.length] ?? fail())));
      node.pause();
    };
    await world.block();
    const denied = keys.filter((key) => !key.isLiving || key.kind === 'member');
    const asked = questions.map(({ ask }, index) => ask(denied[index % denied.length] ?? fail()));
    await pause(20);
    node.resume();
    line.watch = null;
    site.load.release();
    await Promise.all([...early, ...asked]);
    for (const { close } of questions) close();
  },
};

/** One connection to a node, whose answers are judged. */
const questioner = (site: Site, node: ServiceReplica): { ask: (key: ObservedKey) => Promise<number>; close: () => void } => {
  const target = targetOf(node, site.backendKey);
  const connection = new HttpConnection(target.port, { silenceMs: SILENCE_MS });
  return {
    ask: (key) => site.load.ask(key, `directly ${node.name}`, () => connection.exchange(validateRequest(target, key.token))),
    close: () => connection.close(),
  };
};

/** I4. The push is on its way to the node when it dies: it will never acknowledge, and the change must wait its lease out. */
export const nodeKilledDuringBarrier: Fault = {
  name: 'a node killed during a barrier',
  claims: ['validation'],
  run: async (site, replicas) => {
    const node = first(replicas);
    const world = await site.load.ownWorld('killed-node');
    const line = site.edges.of(node.name, 'nats');
    const killed = happened(10_000, (happen) => {
      line.watch = (direction, piece) => {
        if (direction !== 'down' || !piece.includes('MSG fence.push')) return;
        line.cut();
        void site.kill(node).then(happen);
      };
    });
    await Promise.all([killed, world.block()]);
    line.heal();
    await world.leaveAndRejoin();
    await site.bringBack(node);
  },
};

/** I4. A node must be in the registry before it can hold a lease, also while barriers read the registry. */
export const nodesStarting: Fault = {
  name: 'nodes starting in a loop during barriers',
  claims: ['everything'],
  run: async (site, _, random) => {
    let isOver = false;
    const changing = (async () => {
      while (!isOver) {
        const world = await site.load.ownWorld('starting-nodes');
        for (let round = 0; round < 4 && !world.isOver && !isOver; round += 1) await (round % 2 === 0 ? world.blockAndUnblock() : world.leaveAndRejoin());
      }
    })();
    try {
      for (let round = 0; round < 3; round += 1) await startAndAsk(site, random.chance(0.5));
    } finally {
      isOver = true;
      await changing;
    }
  },
};

const startAndAsk = async (site: Site, gently: boolean): Promise<void> => {
  const node = site.spare;
  node.launch();
  await node.ready();
  const { ask, close } = questioner(site, node);
  for (let question = 0; question < 40; question += 1) {
    const key = site.load.anyKey();
    if (key !== null) await ask(key);
  }
  close();
  await (gently ? site.stop(node) : site.kill(node));
};

const fail = (): never => {
  throw new Error('A world without keys.');
};
