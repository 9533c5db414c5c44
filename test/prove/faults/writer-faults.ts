import type { ServiceName, ServiceReplica } from '@tools/stack';
import { pause, type Site } from '../site.js';
import type { TcpProxy, Ways } from '../tcp-proxy.js';
import { type Fault, first, happened } from './fault.js';

/** The command that inserts into the collection of the log, as it stands in a message of the driver. */
const INSERT = Buffer.from('\x02insert\0\x04\0\0\0log\0', 'latin1');
const WAIT_MS = 10_000;

export const MOMENTS = ['before the insert', 'after the insert', 'during the barrier', 'before the answer'] as const;
export type Moment = (typeof MOMENTS)[number];

const whenInserting = (line: TcpProxy, then: () => void): void => {
  line.watch = (direction, piece) => {
    if (direction === 'up' && piece.includes(INSERT)) then();
  };
};

/** Calls `then` within the write that it is about: what is cut in it does not leave any more. */
const whenItIs = (moment: Moment, site: Site, writer: ServiceReplica, then: (line: TcpProxy) => void): void => {
  const [store, nats] = [site.edges.of(writer.name, 'mongo'), site.edges.of(writer.name, 'nats')];
  const barrier = writer.service === 'keys' ? 'PUB fence.push' : 'PUB keys.fence.barrier';
  switch (moment) {
    case 'before the insert':
      whenInserting(store, () => then(store));
      return;
    case 'after the insert':
      whenInserting(store, () => {
        store.watch = (direction) => {
          if (direction === 'down') then(store);
        };
      });
      return;
    case 'during the barrier':
      nats.watch = (direction, piece) => {
        if (direction === 'up' && piece.includes(barrier)) then(nats);
      };
      return;
    case 'before the answer':
      nats.watch = (direction, piece) => {
        if (direction === 'up' && piece.includes('PUB _INBOX_gateway')) then(nats);
      };
  }
};

/** I6. What was acknowledged is in the log once, what was not is there once or not at all, and the next writer goes on. */
export const writerKilled = (service: 'keys' | 'directory', moment: Moment): Fault => ({
  name: `${service} killed ${moment}`,
  claims: [service],
  run: async (site, replicas, random) => {
    const writer = first(replicas);
    const isHit = await happened(WAIT_MS, (happen) => {
      let isDone = false;
      whenItIs(moment, site, writer, (line) => {
        if (isDone) return;
        isDone = true;
        // A barrier goes out: it is to be asked for, and no process is to be there for its answer.
        if (moment !== 'during the barrier') line.cut();
        void site.kill(writer).then(happen);
      });
    });
    if (!isHit) await site.kill(writer);
    for (const server of ['mongo', 'nats'] as const) site.edges.of(writer.name, server).heal();
    await pause(random.between(0, 1_500));
    await site.bringBack(writer);
  },
});

/** It is unknown whether the insert has happened; the writer must find out before it says anything. */
export const storeSilentDuringInsert = (service: ServiceName, ways: Ways): Fault => ({
  name: `the store silent during an insert of ${service} (${ways === 'both' ? 'both ways' : ways})`,
  claims: [service],
  run: async (site, replicas, random) => {
    const writer = first(replicas);
    const line = site.edges.of(writer.name, 'mongo');
    await happened(WAIT_MS, (happen) => {
      whenInserting(line, () => {
        line.watch = null;
        site.edges.cut(writer.name, 'mongo', ways);
        happen();
      });
    });
    await pause(random.between(1_500, 4_000));
    line.heal();
  },
});

export const writersAtOtherDistances: Fault = {
  name: 'two replicas of keys and of directory write, one of them 1 ms further away',
  claims: ['keys', 'directory'],
  run: async (site, replicas) => {
    for (const { name } of replicas) site.edges.of(name, 'mongo').delay(1);
    await pause(4_000);
    for (const { name } of replicas) site.edges.of(name, 'mongo').delay(0);
  },
};

/** Fence.md: leaving and coming back never revives an old key, whatever the cascade is doing. Here it dies between the two. */
export const cascadeStoppedBetweenLeaveAndReturn: Fault = {
  name: 'leave and return while the cascade is stopped',
  claims: ['everything'],
  run: async (site) => {
    const world = await site.load.ownWorld('returning');
    await world.leave();
    const replicas = site.replicas.filter(({ service }) => service === 'keys');
    await Promise.all(replicas.map((replica) => site.kill(replica)));
    for (const replica of replicas) replica.launch();
    if (!world.isOver) await world.comeBack();
    await Promise.all(replicas.map((replica) => site.bringBack(replica)));
  },
};
