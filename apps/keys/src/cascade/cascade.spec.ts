import { describe, expect, it } from 'vitest';
import { Cascade } from '@app/keys';
import { LogTail } from '@app/log';
import { type Commit, EventLog, type ViewRow, ViewStore } from '@app/ports';
import { directory } from '@test/support/keys/directory-facts.js';
import { DyingLog } from '../testing/dying-log.js';
import type { KeysStage } from '@test/support/keys/keys-stage.js';
import { allCommits, keysThatFollow, recordedKeys } from '@test/support/log/log-facts.js';
import { useStages } from '@test/support/keys/stages.js';

const { open, openToBeKilled } = useStages();
const isChunk = (commits: readonly Commit[]): boolean => commits.some(({ body }) => body.includes('"api-key.invalidated.v1"'));

const caughtUp = async (stage: KeysStage): Promise<void> => {
  expect(await stage.get(Cascade).handled(await stage.get(LogTail).probe(), 30_000)).toBe(true);
};
const expectOncePerKey = async (stage: KeysStage): Promise<void> => {
  const commits = await allCommits(stage.get(EventLog));
  expect(recordedKeys(commits)).toEqual(keysThatFollow(commits));
};

const withKeysOfBlockedUser = async (stage: KeysStage, count: number): Promise<void> => {
  await stage.run(directory.createEnvironment());
  await stage.run(directory.createUser('u1'));
  await stage.issueMany(count, { userId: 'u1' });
  await stage.run(directory.block('u1'));
};

/** Puts `around` the moments at which the cascade stores its position. */
class WatchedViews extends ViewStore {
  readonly #views: ViewStore;
  readonly #around: (save: () => Promise<void>) => Promise<void>;
  constructor(views: ViewStore, around: (save: () => Promise<void>) => Promise<void>) {
    super();
    this.#views = views;
    this.#around = around;
  }
  position(projection: string, version: number) {
    return this.#views.position(projection, version);
  }
  load<Name extends ViewRow['view']>(view: Name, ids: readonly string[]) {
    return this.#views.load(view, ids);
  }
  save(projection: string, version: number, uptoPos: number, rows: readonly ViewRow[]) {
    const save = () => this.#views.save(projection, version, uptoPos, rows);
    return projection === 'cascade' ? this.#around(save) : save();
  }
  close() {
    return this.#views.close();
  }
}

/** A store that takes 2.5 s for a chunk. */
class SlowChunks extends DyingLog {
  constructor(log: EventLog) {
    super(log, { atInsert: Number.POSITIVE_INFINITY, stored: true }, isChunk);
  }
  override async insert(commits: readonly Commit[]) {
    if (isChunk(commits)) await new Promise((resolve) => setTimeout(resolve, 2_500));
    return super.insert(commits);
  }
}

describe('a cascade', () => {
  it.each([0, 1, 2].flatMap((atInsert) => [false, true].map((stored) => ({ atInsert, stored }))))(
    'that is killed at chunk $atInsert (stored: $stored) and resumed records every key once (I8)',
    async (death) => {
      let log: DyingLog | undefined;
      const killed = await openToBeKilled({ wrapLog: (file) => (log = new DyingLog(file, death, isChunk)) });
      await withKeysOfBlockedUser(killed, 1_200);
      await log?.died;
      const resumed = await open();
      await caughtUp(resumed);
      await expectOncePerKey(resumed);
      expect(await resumed.list(false)).toEqual([]);
    },
  );

  it('that is run again from the first position finds nothing to do', async () => {
    const first = await open({ wrapViews: (views) => new WatchedViews(views, () => Promise.resolve()) });
    await withKeysOfBlockedUser(first, 600);
    // Taken back, so that the rows no longer say what the block did: only the command ids do.
    await first.run(directory.changeSettings({ reinstateKeysOnUnblock: true }));
    await first.run(directory.unblock('u1'));
    await caughtUp(first);
    expect(await first.list(true)).toEqual([]);
    const head = first.get(LogTail).applied;
    const second = await open();
    await caughtUp(second);
    expect(second.get(LogTail).applied).toBe(head);
    await expectOncePerKey(second);
  });

  it('does what happened while no process ran it', async () => {
    const idle = await open({ cascade: false });
    await withKeysOfBlockedUser(idle, 50);
    expect(await idle.list(false)).toHaveLength(50);
    const running = await open();
    await caughtUp(running);
    await expectOncePerKey(running);
    expect(await running.list(false)).toEqual([]);
  });

  it('goes on after the store has failed', async () => {
    let failures = 0;
    const failOnce = (save: () => Promise<void>) => (failures++ === 0 ? Promise.reject(new Error('disk')) : save());
    const stage = await open({ wrapViews: (views) => new WatchedViews(views, failOnce) });
    await withKeysOfBlockedUser(stage, 10);
    await caughtUp(stage);
    await expect.poll(() => stage.get(Cascade).cascadeStatus().failures).toBe(1);
    await stage.run(directory.unblock('u1'));
    await stage.run(directory.block('u1'));
    await caughtUp(stage);
    await expectOncePerKey(stage);
  });

  it('delays a waiting command by no more than one chunk and shows how far it is', async () => {
    const stage = await open();
    await withKeysOfBlockedUser(stage, 4_000);
    const head = stage.get(LogTail).applied;
    const recorded = new Set<number>();
    for (let i = 0; !(await stage.get(Cascade).handled(head, 0)); i += 1) {
      const before = stage.get(LogTail).applied;
      const { pos } = await stage.run(directory.createUser(`other-${i}`));
      expect(pos - before).toBeLessThanOrEqual(2);
      recorded.add(stage.get(Cascade).cascadeStatus().current?.keysRecorded ?? 0);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect([...recorded].filter((keys) => keys > 0 && keys < 4_000).length).toBeGreaterThan(2);
    expect(stage.get(Cascade).cascadeStatus()).toMatchObject({ running: true, current: null, failures: 0 });
    await expectOncePerKey(stage);
  });

  it('that takes longer than a list may wait shows as it proceeds: the list is answered all the same', async () => {
    const stage = await open({ wrapLog: (file) => new SlowChunks(file) });
    await withKeysOfBlockedUser(stage, 3);
    // Within the deadline of a query, or this would be refused.
    expect(await stage.list(false)).toHaveLength(3);
    await caughtUp(stage);
    expect(await stage.list(false)).toEqual([]);
  });

  it('that is stopped while another cause arrives leaves that to the next process', async () => {
    let meanwhile = (): Promise<unknown> => Promise.resolve();
    const stage = await open({ wrapViews: (views) => new WatchedViews(views, (save) => meanwhile().then(save)) });
    await stage.run(directory.createEnvironment());
    for (const userId of ['u1', 'u2']) {
      await stage.run(directory.createUser(userId));
      await stage.issueMany(3, { userId });
    }
    let stopped: Promise<void> | undefined;
    meanwhile = () => {
      if (stopped !== undefined) return Promise.resolve();
      stopped = stage.get(Cascade).stop();
      return stage.run(directory.block('u2'));
    };
    await stage.run(directory.block('u1'));
    await expect.poll(() => stopped !== undefined).toBe(true);
    await stopped;
    const last = await open();
    await caughtUp(last);
    await expectOncePerKey(last);
    expect(await last.list(false)).toEqual([]);
  });
});
