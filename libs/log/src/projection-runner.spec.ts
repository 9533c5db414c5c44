import { foldFor, tags } from '@app/domain';
import type { UserState } from '@app/domain';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { FaultyEventLog } from '@test/support/log/faulty-event-log.js';
import { ManualClock } from '@test/support/clock/manual-clock.js';
import { MemoryEventLog } from '@test/support/log/memory-event-log.js';
import { MemoryViewStore } from '@test/support/log/memory-view-store.js';
import { memberJoined, nodeJoined, orgCreationSet, organizationCreated, userCreated } from '@test/support/log/sample-events.js';
import { Writer } from '@test/support/log/writer.js';
import { decodeCommit } from './codec.js';
import { entityProjection } from './entity-projection.js';
import { ProjectionRunner } from './projection-runner.js';
import type { FailedEvent, ProjectionRunnerOptions } from './projection-runner.js';
import type { Projection } from './projection.js';

const WAIT_MS = 5_000;
const redactUser = (user: UserState): UserState => ({ ...user, sealedPasswordHash: null });
const directory = entityProjection('directory', 1, [{ view: 'users', redact: redactUser }, { view: 'organizations' }]);

/** In the next turn, when the runner has gone to sleep. */
const retryNow = (clock: ManualClock) => void setImmediate(() => void clock.advance(1_000));

async function foldOfUser(log: MemoryEventLog, userId: string, uptoPos: number): Promise<UserState | null> {
  const fold = foldFor('user-', tags.user(userId));
  const commits = (await log.readTagged(tags.user(userId), uptoPos)).map(decodeCommit);
  const state = commits.reduce((folded, commit) => commit.events.reduce((inner, event) => fold.evolve(inner, event, commit), folded), fold.initial);
  return state === null ? null : redactUser(state);
}

describe('a projection', () => {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function writing(log = new MemoryEventLog()) {
    const writer = await Writer.start(log);
    ends.push(() => writer.stop());
    let count = 0;
    const write = (...events: Parameters<typeof directory.apply>[0]['events'][number][]) => writer.run(`c${(count += 1)}`, () => events);
    return { log, writer, write };
  }

  async function projecting(
    projection: Projection,
    views: MemoryViewStore,
    { log, writer }: Awaited<ReturnType<typeof writing>>,
    options: ProjectionRunnerOptions = {},
  ) {
    const runner = new ProjectionRunner(projection, views, log, writer.tail, options);
    await runner.start();
    ends.push(() => runner.stop());
    return runner;
  }

  it('catches up page by page from what is stored, then follows what is applied', async () => {
    const log = await writing();
    await Promise.all(Array.from({ length: 120 }, (_, index) => log.write(userCreated(`u${index}`))));
    const views = new MemoryViewStore();
    const runner = await projecting(directory, views, log, { pageSize: 50 });
    await runner.waitFor(120, WAIT_MS);
    expect(views.saves).toBe(3);
    expect(views.loads).toBe(3);
    const { pos } = await log.write(orgCreationSet('u7', true));
    await runner.waitFor(pos, WAIT_MS);
    expect(runner.position).toBe(121);
    expect(views.row('users', 'u7')).toMatchObject({ pos: 121, state: { canCreateOrgs: true } });
  });

  it('brought up to the head, it holds what another process wrote before the question', async () => {
    const log = await writing();
    // Its clock stands still, so that it does not poll.
    const replica = await Writer.start(log.log, { clock: new ManualClock() });
    ends.push(() => replica.stop());
    const views = new MemoryViewStore();
    const runner = await projecting(directory, views, { ...log, writer: replica });
    const { pos } = await log.write(userCreated('u1'));
    expect(await runner.upToHead(WAIT_MS)).toBe(pos);
    expect(views.row('users', 'u1')).toMatchObject({ pos });
  });

  it('a row at a position is the fold of the log up to it, whatever the pages', async () => {
    const event = fc.oneof(
      fc.nat(3).map((user) => userCreated(`u${user}`)),
      fc.tuple(fc.nat(3), fc.boolean()).map(([user, can]) => orgCreationSet(`u${user}`, can)),
      fc.tuple(fc.nat(3), fc.nat(2)).map(([user, org]) => memberJoined(`u${user}`, `o${org}`)),
      fc.nat(2).map((org) => organizationCreated(`o${org}`)),
      fc.constant(nodeJoined('n')),
    );
    const commits = fc.array(fc.array(event, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(commits, fc.integer({ min: 1, max: 7 }), fc.boolean(), async (script, pageSize, dies) => {
        const log = await writing();
        const views = new MemoryViewStore();
        await Promise.all(script.slice(0, script.length / 2).map((events) => log.write(...events)));
        views.dieBeforePosition = dies;
        const clock = new ManualClock();
        const runner = await projecting(directory, views, log, { pageSize, clock, onStoreError: () => retryNow(clock) });
        for (const events of script.slice(script.length / 2)) await log.write(...events);
        await runner.waitFor(script.length, WAIT_MS);
        for (const user of ['u0', 'u1', 'u2', 'u3']) {
          const row = views.row('users', user);
          expect(row?.state ?? null).toEqual(await foldOfUser(log.log, user, script.length));
          if (row !== undefined) expect(row.state).toEqual(await foldOfUser(log.log, user, row.pos));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('starts where it was, not from the beginning', async () => {
    const log = await writing();
    const views = new MemoryViewStore();
    await log.write(userCreated('u1'));
    const before = await projecting(directory, views, log);
    await before.waitFor(1, WAIT_MS);
    await before.stop();
    await log.write(orgCreationSet('u1', true));
    const applied: number[] = [];
    const counted: Projection = {
      ...directory,
      apply: (commit, rows) => {
        applied.push(commit.pos);
        return directory.apply(commit, rows);
      },
    };
    const after = await projecting(counted, views, log);
    expect(after.position).toBe(1);
    await after.waitFor(2, WAIT_MS);
    expect(applied).toEqual([2]);
  });

  it('a kill between rows and position repeats the commits and changes nothing', async () => {
    const log = await writing();
    const views = new MemoryViewStore();
    for (const user of ['u1', 'u2', 'u3']) await log.write(userCreated(user), ...(user === 'u1' ? [organizationCreated('o1')] : []));
    for (const user of ['u1', 'u2', 'u3']) await log.write(memberJoined(user, 'o1'));
    views.dieBeforePosition = true;
    const errors: unknown[] = [];
    const clock = new ManualClock();
    const runner = await projecting(directory, views, log, {
      clock,
      onStoreError: (error) => {
        errors.push(error);
        retryNow(clock);
      },
    });
    await runner.waitFor(6, WAIT_MS);
    expect(errors.length).toBe(1);
    expect(views.row('organizations', 'o1')).toMatchObject({ pos: 6, state: { memberCount: 3 } });
  });

  it('a row that another replica has brought further is left as it is', async () => {
    const log = await writing();
    const views = new MemoryViewStore();
    for (const events of [[organizationCreated('o1')], [memberJoined('u1', 'o1')]]) await log.write(...events);
    await (await projecting(directory, views, log)).waitFor(2, WAIT_MS);
    // Another name: it starts at 0 and finds the rows at 1 and 2.
    await (await projecting({ ...directory, name: 'slow replica' }, views, log, { pageSize: 1 })).waitFor(2, WAIT_MS);
    expect(views.row('organizations', 'o1')).toMatchObject({ pos: 2, state: { memberCount: 1 } });
  });

  it('secrets never reach a row, and what follows is folded all the same', async () => {
    const log = await writing();
    const views = new MemoryViewStore();
    const runner = await projecting(directory, views, log);
    await log.write(userCreated('u1'));
    const set = {
      type: 'user.password-set.v1' as const,
      tags: [tags.user('u1')],
      data: { userId: 'u1', sealedPasswordHash: 'SECRET', updatePasswordRequired: true },
    };
    await log.write(set);
    await log.write(orgCreationSet('u1', true));
    await runner.waitFor(3, WAIT_MS);
    expect(JSON.stringify(views.row('users', 'u1'))).not.toContain('SECRET');
    expect(views.row('users', 'u1')).toMatchObject({ pos: 3, state: { canCreateOrgs: true, profile: { updatePasswordRequired: true } } });
  });

  it('an event that fails three times is reported and skipped, without half of its rows', async () => {
    const log = await writing();
    const views = new MemoryViewStore();
    const failed: FailedEvent[] = [];
    let tries = 0;
    const fragile: Projection = {
      ...directory,
      async apply(commit, rows) {
        await directory.apply(commit, rows);
        if (commit.pos !== 2) return;
        tries += 1;
        throw new Error('cannot take it');
      },
    };
    const runner = await projecting(fragile, views, log, { onFailed: (event) => failed.push(event) });
    for (const user of ['u1', 'u2', 'u3']) await log.write(userCreated(user));
    await runner.waitFor(3, WAIT_MS);
    expect(failed).toEqual([{ projection: 'directory', pos: 2, error: expect.objectContaining({ message: 'cannot take it' }) }]);
    expect(tries).toBe(3);
    expect([views.row('users', 'u1')?.pos, views.row('users', 'u2')?.pos, views.row('users', 'u3')?.pos]).toEqual([1, undefined, 3]);
  });

  it('an event that fails once is taken the second time', async () => {
    const log = await writing();
    const views = new MemoryViewStore();
    const failed: FailedEvent[] = [];
    let tries = 0;
    const fragile: Projection = {
      ...directory,
      async apply(commit, rows) {
        tries += 1;
        await directory.apply(commit, rows);
        if (tries === 1) throw new Error('once');
      },
    };
    const runner = await projecting(fragile, views, log, { onFailed: (event) => failed.push(event) });
    await log.write(organizationCreated('o1'), memberJoined('u1', 'o1'));
    await runner.waitFor(1, WAIT_MS);
    expect(failed).toEqual([]);
    expect(views.row('organizations', 'o1')).toMatchObject({ state: { memberCount: 1 } });
  });

  it('waiting for a position ends with UNAVAILABLE at the deadline, and at a stop', async () => {
    const log = await writing();
    const clock = new ManualClock();
    const runner = await projecting(directory, new MemoryViewStore(), log, { clock });
    const late = expect(runner.waitFor(1, 100)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await clock.advance(100);
    await late;
    const stopped = expect(runner.waitFor(1, 100)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await runner.stop();
    await stopped;
  });

  it('read models that are ahead of the log are not of its history', async () => {
    const views = new MemoryViewStore();
    await views.save('directory', 1, 5, []);
    const { log, writer } = await writing();
    await expect(new ProjectionRunner(directory, views, log, writer.tail).start()).rejects.toThrow(/their histories differ/);
  });

  it('a log that cannot be read for a while is read again', async () => {
    const store = new MemoryEventLog();
    const { write } = await writing(store);
    await write(userCreated('u1'));
    const log = new FaultyEventLog(store);
    const { writer } = await writing(store);
    const clock = new ManualClock();
    const views = new MemoryViewStore();
    log.failReads = true;
    const runner = new ProjectionRunner(directory, views, log, writer.tail, {
      clock,
      onStoreError: () => {
        log.failReads = false;
        retryNow(clock);
      },
    });
    await runner.start();
    ends.push(() => runner.stop());
    await runner.waitFor(1, WAIT_MS);
    expect(views.row('users', 'u1')?.pos).toBe(1);
  });
});
