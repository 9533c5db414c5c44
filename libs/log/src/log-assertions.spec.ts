import type { Commit } from '@app/ports';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '@test/support/clock/manual-clock.js';
import { MemoryEventLog } from '@test/support/log/memory-event-log.js';
import { MemoryViewStore } from '@test/support/log/memory-view-store.js';
import { nodeJoined } from '@test/support/log/sample-events.js';
import { FIRST_PREV, type PreparedCommit, prepareCommit } from './codec.js';
import { Deadline } from './deadline.js';
import { LogTail } from './log-tail.js';
import { OrderedInsert } from './ordered-insert.js';
import { ProjectionRunner } from './projection-runner.js';

const prepared = (pos: number, prev: string, at = 1_000 + pos): PreparedCommit =>
  prepareCommit(pos, prev, { commandId: `c${pos}`, requestHash: null, at, actor: 'operator', events: [nodeJoined(`n${pos}`)] });

const chain = (times: readonly number[]): readonly PreparedCommit[] => {
  const made: PreparedCommit[] = [];
  for (const at of times) made.push(prepared(made.length + 1, made.at(-1)?.decoded.hash ?? FIRST_PREV, at));
  return made;
};

const following = async (log = new MemoryEventLog()) => {
  const fatal: string[] = [];
  const clock = new ManualClock();
  let ended: () => void = () => {};
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const onFatal = ({ message }: Error): void => {
    fatal.push(message);
    ended();
  };
  const tail = new LogTail(log, { clock, onFatal });
  await tail.start();
  return { log, clock, tail, fatal, end };
};

describe('a process ends', () => {
  it('when a commit carries an earlier time than the one before it: what has expired would live again', async () => {
    const [first, second] = chain([2_000, 1_999]) as [PreparedCommit, PreparedCommit];
    const { tail, fatal } = await following();
    tail.adopt([first.decoded, second.decoded]);
    expect(fatal).toEqual(['Commit 2 carries an earlier time than commit 1.']);
    await expect(tail.probe()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('when the log gives a projection a page with a hole: the stored position would say that nothing is missing', async () => {
    class HoledLog extends MemoryEventLog {
      holed = false;
      override async readFrom(fromPos: number, limit: number): Promise<readonly Commit[]> {
        const page = await super.readFrom(fromPos, limit);
        return this.holed ? page.slice(1) : page;
      }
    }
    const log = new HoledLog();
    await log.insert(chain([1_000, 1_001, 1_002]).map(({ commit }) => commit));
    const { tail, clock, fatal, end } = await following(log);
    const views = new MemoryViewStore();
    const projection = { name: 'test', version: 1, views: [], apply: () => {} };
    const runner = new ProjectionRunner(projection, views, log, tail, { clock });
    const starting = runner.start();
    log.holed = true;
    await starting;
    await end;
    expect(fatal).toEqual(['The read model test stands at 0 and was given commit 2.']);
    await runner.stop();
    expect(await views.position('test', 1)).toBe(0);
  });
});

describe('an insert', () => {
  it('takes no batch that was decided on another head than the one it would follow', async () => {
    const { log, clock, tail } = await following();
    const tools = { log, tail, clock, retryMs: 1, onStoreError: () => {} };
    for (const [batch, said] of [
      [[prepared(2, FIRST_PREV)], 'A batch for position 2 would follow 0.'],
      [[prepared(1, 'f'.repeat(64))], 'A batch for position 1 would follow 0.'],
    ] as const) {
      await expect(new OrderedInsert(tools, batch).run(new Deadline(clock, 1_000))).rejects.toThrow(said);
    }
    expect(await log.readHead()).toBeNull();
  });
});
