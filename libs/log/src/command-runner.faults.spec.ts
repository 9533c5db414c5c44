import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as pathOf } from 'node:path';
import { Refusal, tags } from '@app/domain';
import type { EventLog } from '@app/ports';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { SqliteEventLog } from '@app/adapters/sqlite';
import { FaultyEventLog } from '@test/support/log/faulty-event-log.js';
import type { InsertFault } from '@test/support/log/faulty-event-log.js';
import { ManualClock } from '@test/support/clock/manual-clock.js';
import { MemoryEventLog } from '@test/support/log/memory-event-log.js';
import { memberJoined, nodeJoined, organizationCreated } from '@test/support/log/sample-events.js';
import { Writer } from '@test/support/log/writer.js';
import type { DecodedCommit } from './codec.js';
import { decodeCommit } from './codec.js';
import type { Outcome, StateView } from './command.js';
import { verifyLog } from './verify.js';

const MAX_USERS = 7;

const joinAcme = (userId: string) => (view: StateView) => {
  const acme = view.organization('acme');
  if (acme === null || acme.memberCount >= MAX_USERS) throw new Refusal('FORBIDDEN');
  return [memberJoined(userId, 'acme')];
};

async function wholeLog(log: EventLog): Promise<readonly DecodedCommit[]> {
  expect(await verifyLog(log)).toMatchObject({ ok: true });
  return (await log.readFrom(1, 10_000)).map(decodeCommit);
}

/** Every acknowledged append is in the log exactly once, where the answer said; apart from these there are only commits of unknown fate. */
async function expectExactlyOnce(log: EventLog, results: ReadonlyMap<string, PromiseSettledResult<Outcome>>): Promise<void> {
  const commits = await wholeLog(log);
  const positionsOf = (id: string) => commits.filter(({ commandId }) => commandId === id).map(({ pos }) => pos);
  for (const [id, result] of results) {
    if (result.status === 'fulfilled') {
      expect(result.value).toMatchObject({ appended: true, repeated: false });
      expect(positionsOf(id)).toEqual([result.value.pos]);
    } else if ((result.reason as Refusal).code === 'UNAVAILABLE') {
      expect(positionsOf(id).length).toBeLessThanOrEqual(1);
    } else {
      expect(positionsOf(id)).toEqual([]);
    }
  }
}

/** Commands under way; their refusals are kept, not thrown. */
class Running {
  readonly #results = new Map<string, Promise<PromiseSettledResult<Outcome>>>();

  add(id: string, outcome: Promise<Outcome>): void {
    this.#results.set(
      id,
      outcome.then(
        (value) => ({ status: 'fulfilled', value }),
        (reason: unknown) => ({ status: 'rejected', reason }),
      ),
    );
  }

  async settled(): Promise<Map<string, PromiseSettledResult<Outcome>>> {
    return new Map(await Promise.all([...this.#results].map(async ([id, result]) => [id, await result] as const)));
  }
}

describe('the command runner, with faults', () => {
  const writers: Writer[] = [];
  afterEach(() => Promise.all(writers.splice(0).map((writer) => writer.stop())));

  async function start(log: EventLog, options: Parameters<typeof Writer.start>[1] = {}): Promise<Writer> {
    const writer = await Writer.start(log, options);
    writers.push(writer);
    return writer;
  }

  it.each<[string, InsertFault]>([
    ['the request was lost', { kind: 'request lost' }],
    ['the answer was lost', { kind: 'answer lost' }],
    ['only a part was stored', { kind: 'cut off', count: 2 }],
    ['the store failed', { kind: 'failed' }],
  ])('an insert of which %s is brought to its end: every command is in the log once and told so', async (_name, fault) => {
    const store = new MemoryEventLog();
    const log = new FaultyEventLog(store);
    const writer = await start(log);
    log.plan.push(fault);
    const running = new Running();
    for (const id of ['a', 'b', 'c', 'd'])
      running.add(
        id,
        writer.run(id, () => [nodeJoined(id)]),
      );
    const results = await running.settled();
    await expectExactlyOnce(store, results);
    expect([...results.values()].every(({ status }) => status === 'fulfilled')).toBe(true);
  });

  it('an insert that reaches the store after its retry stores nothing again', async () => {
    const store = new MemoryEventLog();
    const log = new FaultyEventLog(store);
    const writer = await start(log);
    log.plan.push({ kind: 'late' });
    expect(await writer.run('a', () => [nodeJoined('a')])).toMatchObject({ pos: 1, appended: true });
    expect(await log.deliver()).toEqual([0]);
    expect((await wholeLog(store)).length).toBe(1);
  });

  it('a command whose fate is unknown at its deadline is UNAVAILABLE; found later, it is told as a repetition', async () => {
    const store = new MemoryEventLog();
    const log = new FaultyEventLog(store);
    const clock = new ManualClock();
    const writer = await start(log, { clock, retryMs: 50 });
    log.plan.push({ kind: 'late' }, ...Array.from({ length: 50 }, () => ({ kind: 'request lost' as const })));
    const lost = expect(writer.run('a', () => [nodeJoined('a')], { deadlineMs: 1_000 })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    for (let elapsedMs = 0; elapsedMs < 1_100; elapsedMs += 50) await clock.advance(50);
    await lost;
    log.plan.length = 0;
    expect(await log.deliver()).toEqual([1]);
    expect(await writer.run('a', () => [nodeJoined('a')])).toMatchObject({ pos: 1, repeated: true, first: nodeJoined('a') });
    expect((await wholeLog(store)).length).toBe(1);
  });

  it('a store that cannot be read lets no refusal out: it is UNAVAILABLE at the deadline', async () => {
    const log = new FaultyEventLog(new MemoryEventLog());
    const clock = new ManualClock();
    const writer = await start(log, { clock });
    log.failReads = true;
    const refused = expect(writer.run('a', joinAcme('u1'), { deadlineMs: 500 })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    for (let elapsedMs = 0; elapsedMs <= 500; elapsedMs += 10) await clock.advance(10);
    await refused;
  });

  it('with any faults and two writers every acknowledged command is in the log once, and the rules over sets hold', async () => {
    const faults = fc.array(
      fc.oneof(
        { weight: 3, arbitrary: fc.constant({ kind: 'none' } as const) },
        fc.constantFrom({ kind: 'failed' } as const, { kind: 'request lost' } as const, { kind: 'answer lost' } as const, { kind: 'late' } as const),
        fc.record({ kind: fc.constant('cut off' as const), count: fc.nat(4) }),
      ),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(faults, faults, fc.array(fc.tuple(fc.boolean(), fc.nat(2)), { minLength: 1, maxLength: 30 }), async (left, right, script) => {
        const store = new MemoryEventLog();
        const logs = [new FaultyEventLog(store), new FaultyEventLog(store)] as const;
        const [one, two] = [await Writer.start(logs[0]), await Writer.start(logs[1])];
        await one.run('create', () => [organizationCreated('acme')]);
        logs[0].plan.push(...left);
        logs[1].plan.push(...right);
        const running = new Running();
        for (const [index, [first, turns]] of script.entries()) {
          running.add(`c${index}`, (first ? one : two).run(`c${index}`, joinAcme(`u${index}`)));
          for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
          if (index % 5 === 4) await Promise.all(logs.map((log) => log.deliver()));
        }
        const results = await running.settled();
        await Promise.all(logs.map((log) => log.deliver()));
        await expectExactlyOnce(store, results);
        const joined = (await wholeLog(store)).length - 1;
        expect(joined).toBe(Math.min(MAX_USERS, script.length));
        await Promise.all([one.stop(), two.stop()]);
      }),
      { numRuns: 150 },
    );
  });

  it('two processes on one SQLite file: every acknowledged command exactly once, and both obey one limit', async () => {
    const folder = mkdtempSync(pathOf(tmpdir(), 'keyfence-runner-'));
    const path = pathOf(folder, 'log.db');
    const logs = [SqliteEventLog.open(path), SqliteEventLog.open(path)] as const;
    const [one, two] = [await start(logs[0]), await start(logs[1])];
    await one.run('create', () => [organizationCreated('acme')]);
    const running = new Running();
    for (let index = 0; index < 400; index += 1) {
      const writer = index % 2 === 0 ? one : two;
      running.add(`join${index}`, writer.run(`join${index}`, joinAcme(`u${index}`)));
      running.add(
        `node${index}`,
        writer.run(`node${index}`, () => [nodeJoined(`n${index}`)]),
      );
      if (index % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const results = await running.settled();
    await expectExactlyOnce(logs[0], results);
    const joined = [...results].filter(([id, { status }]) => id.startsWith('join') && status === 'fulfilled');
    expect(joined.length).toBe(MAX_USERS);
    expect((await wholeLog(logs[1])).length).toBe(1 + MAX_USERS + 400);
    await Promise.all([one.stop(), two.stop(), logs[0].close(), logs[1].close()]);
    rmSync(folder, { recursive: true });
  });

  it('one command id given to both processes at once is in the log once', async () => {
    const store = new MemoryEventLog();
    const [one, two] = [await start(store), await start(store)];
    const pairs = await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const run = (writer: Writer) => writer.run(`c${index}`, () => [nodeJoined(`n${index}`)]);
        return Promise.all([run(one), run(two)]);
      }),
    );
    for (const pair of pairs) {
      expect(pair.map(({ appended, repeated }) => ({ appended, repeated })).sort((a, b) => Number(a.repeated) - Number(b.repeated))).toEqual([
        { appended: true, repeated: false },
        { appended: false, repeated: true },
      ]);
    }
    expect((await wholeLog(store)).length).toBe(50);
    expect((await one.cache.load(tags.registry)).pos).toBeLessThanOrEqual(50);
  });
});
