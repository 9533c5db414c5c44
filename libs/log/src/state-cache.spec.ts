import { tags } from '@app/domain';
import type { CommandState, RegistryState } from '@app/domain';
import type { Commit } from '@app/ports';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '@test/support/clock/manual-clock.js';
import { MemoryEventLog } from '@test/support/log/memory-event-log.js';
import { memberJoined, nodeJoined } from '@test/support/log/sample-events.js';
import { FIRST_PREV, chainHash, prepareCommit } from './codec.js';
import type { FoldOf } from './commit-fold.js';
import { LogTail } from './log-tail.js';
import { StateCache } from './state-cache.js';

/** A state that remembers every position folded into it, so that a missing or a repeated one shows. */
const positionsOf: FoldOf = () => ({ initial: [], evolve: (state, _event, { pos }) => [...(state as number[]), pos] });

class WrittenLog extends MemoryEventLog {
  readonly written: Commit[] = [];

  async write(userId: string, orgId: string): Promise<void> {
    const last = this.written.at(-1);
    const pos = (last?.pos ?? 0) + 1;
    const content = { commandId: `c${pos}`, requestHash: null, at: pos, actor: 'operator', events: [memberJoined(userId, orgId)] };
    const { commit } = prepareCommit(pos, last === undefined ? FIRST_PREV : chainHash(last), content);
    this.written.push(commit);
    await this.insert([commit]);
  }

  positions(tag: string, uptoPos: number): number[] {
    return this.written.filter((commit) => commit.pos <= uptoPos && commit.tags.includes(tag)).map(({ pos }) => pos);
  }
}

/** A store that looks at its data some time after the question and answers some time after that, in an order that fast-check picks. */
class ScheduledLog extends WrittenLog {
  readonly #scheduler: fc.Scheduler;

  constructor(scheduler: fc.Scheduler) {
    super();
    this.#scheduler = scheduler;
  }

  override async readFrom(fromPos: number, limit: number): Promise<readonly Commit[]> {
    return this.#slowly(() => super.readFrom(fromPos, limit));
  }

  override async readTagged(tag: string, uptoPos?: number): Promise<readonly Commit[]> {
    return this.#slowly(() => super.readTagged(tag, uptoPos));
  }

  async #slowly<T>(read: () => Promise<T>): Promise<T> {
    await this.#scheduler.schedule(Promise.resolve());
    const seen = await read();
    await this.#scheduler.schedule(Promise.resolve());
    return seen;
  }
}

const USERS = ['a', 'b'];
const ORGS = ['x', 'y', 'z'];
const TAGS = [...USERS.map(tags.user), ...ORGS.map(tags.org)];

type Step =
  | { readonly kind: 'write'; readonly user: string; readonly org: string }
  | { readonly kind: 'probe' }
  | { readonly kind: 'load' | 'pin' | 'release'; readonly tag: string };

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('write' as const), user: fc.constantFrom(...USERS), org: fc.constantFrom(...ORGS) }),
    fc.record({ kind: fc.constant('probe' as const) }),
    fc.record({ kind: fc.constantFrom('load' as const, 'load' as const, 'pin' as const, 'release' as const), tag: fc.constantFrom(...TAGS) }),
  ),
  { minLength: 10, maxLength: 60 },
);

async function following(log: MemoryEventLog, maxTags = 100) {
  const tail = new LogTail(log, { clock: new ManualClock(), pageSize: 3 });
  const cache = new StateCache(log, tail, { foldOf: positionsOf, maxTags });
  await tail.start();
  return { tail, cache };
}

describe('the state cache', () => {
  it('a load that races with the tail takes each position of its tag once, and none is missing up to what was applied', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), steps, fc.constantFrom(2, 100), async (scheduler, script, maxTags) => {
        const log = new ScheduledLog(scheduler);
        const { tail, cache } = await following(log, maxTags);
        const check = (tag: string, { state, pos }: { state: unknown; pos: number }, completeUpto: number) =>
          expect(state).toEqual(log.positions(tag, Math.max(pos, completeUpto)));
        tail.onApply(({ pos }) => {
          for (const tag of TAGS) {
            const kept = cache.peek(tag);
            if (kept !== undefined) check(tag, kept, pos);
          }
        });
        const run = async (step: Step): Promise<void> => {
          switch (step.kind) {
            case 'write':
              return log.write(step.user, step.org);
            case 'probe':
              await tail.probe();
              return;
            case 'pin':
              cache.pin(step.tag);
              return;
            case 'release':
              cache.release(step.tag);
              return;
            case 'load': {
              const appliedBefore = tail.applied;
              check(step.tag, await cache.load(step.tag), appliedBefore);
            }
          }
        };
        const ended = script.map((step) => scheduler.schedule(Promise.resolve()).then(() => run(step)));
        await scheduler.waitFor(Promise.all(ended));
        await scheduler.waitFor(tail.probe());
        await scheduler.waitFor(tail.stop());
      }),
      { numRuns: 400 },
    );
  });

  it('loads of one tag at a time share one read', async () => {
    const log = new WrittenLog();
    await log.write('a', 'x');
    const { tail, cache } = await following(log);
    const [first, second] = await Promise.all([cache.load('user-a'), cache.load('user-a')]);
    expect(first).toBe(second);
    await tail.stop();
  });

  it('a pinned tag stays in memory and current until it is released as often, whatever else is loaded', async () => {
    const log = new WrittenLog();
    const { tail, cache } = await following(log, 2);
    cache.pin('user-a');
    await cache.load('user-a');
    cache.pin('user-a');
    for (const org of ORGS) await cache.load(tags.org(org));
    await log.write('a', 'x');
    await tail.probe();
    expect(cache.peek('user-a')).toEqual({ state: [1], pos: 1 });
    cache.release('user-a');
    expect(cache.peek('user-a')).toEqual({ state: [1], pos: 1 });
    cache.release('user-a');
    expect(cache.peek('user-a')).toBeUndefined();
    await tail.stop();
  });

  it('a state as of a position is the fold up to there, whatever came later', async () => {
    const log = new WrittenLog();
    for (const user of ['a', 'b', 'a', 'a']) await log.write(user, 'x');
    const { tail, cache } = await following(log);
    expect(await cache.loadAt('user-a', 3)).toEqual([1, 3]);
    await cache.load('user-a');
    expect(await cache.loadAt('user-a', 3)).toEqual([1, 3]);
    expect(await cache.loadAt('user-a', 4)).toEqual([1, 3, 4]);
    expect(await cache.loadAt('user-a', 0)).toEqual([]);
    await tail.stop();
  });

  it('a command tag folds to what the command did first, the registry by the rules of the domain', async () => {
    const log = new MemoryEventLog();
    const content = { commandId: 'c', requestHash: 'r', at: 5, actor: 'system', events: [nodeJoined('n1'), nodeJoined('n2')] };
    await log.insert([prepareCommit(1, FIRST_PREV, content).commit]);
    const tail = new LogTail(log, { clock: new ManualClock() });
    const cache = new StateCache(log, tail);
    await tail.start();
    const command: CommandState = { pos: 1, requestHash: 'r', first: nodeJoined('n1') };
    expect(await cache.load(tags.command('c'))).toEqual({ pos: 1, state: command });
    expect(await cache.load(tags.command('d'))).toEqual({ pos: 0, state: null });
    const { state } = await cache.load(tags.registry);
    expect(Object.keys((state as RegistryState).nodes)).toEqual(['n1', 'n2']);
    await tail.stop();
  });

  it('a load that fails is tried anew by the next one', async () => {
    class FailingOnce extends WrittenLog {
      #failed = false;
      override async readTagged(tag: string, uptoPos?: number): Promise<readonly Commit[]> {
        if (this.#failed) return super.readTagged(tag, uptoPos);
        this.#failed = true;
        throw new Error('the store cannot be reached');
      }
    }
    const log = new FailingOnce();
    await log.write('a', 'x');
    const { tail, cache } = await following(log);
    await expect(cache.load('user-a')).rejects.toThrow('cannot be reached');
    expect((await cache.load('user-a')).state).toEqual([1]);
    await tail.stop();
  });

  it('refuses to load before the tail has started: what came between would be missing', async () => {
    const log = new WrittenLog();
    const cache = new StateCache(log, new LogTail(log));
    await expect(cache.load('user-a')).rejects.toThrow('started');
  });
});
