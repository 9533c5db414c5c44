import type { Commit, LogProblem } from '@app/ports';
import { UnreadableCommit } from '@app/ports';
import { describe, expect, it } from 'vitest';
import { MemoryEventLog } from '@test/support/log/memory-event-log.js';
import { nodeJoined } from '@test/support/log/sample-events.js';
import { FIRST_PREV, chainHash, prepareCommit } from './codec.js';
import { verifyLog } from './verify.js';

/** Gives back what it was made of, holes and all; a read that meets the commit at `unreadable` fails as a damaged page makes it fail. */
class StoredLog extends MemoryEventLog {
  readonly #commits: readonly Commit[];
  readonly #unreadable: number | undefined;
  readonly #index: () => Promise<LogProblem | null>;

  constructor(commits: readonly Commit[], damage: { readonly unreadable?: number; readonly index?: () => Promise<LogProblem | null> } = {}) {
    super();
    this.#commits = commits;
    this.#unreadable = damage.unreadable;
    this.#index = damage.index ?? (async () => null);
  }

  override async readFrom(fromPos: number, limit: number): Promise<readonly Commit[]> {
    const page = this.#commits.filter(({ pos }) => pos >= fromPos).slice(0, limit);
    const damaged = page.find(({ pos }) => pos === this.#unreadable);
    if (damaged !== undefined) throw new UnreadableCommit(damaged.pos, 'its page is torn');
    return page;
  }

  override checkIndex(): Promise<LogProblem | null> {
    return this.#index();
  }
}

function written(count: number, at = (pos: number) => pos): Commit[] {
  const commits: Commit[] = [];
  while (commits.length < count) {
    const last = commits.at(-1);
    const pos = (last?.pos ?? 0) + 1;
    const content = { commandId: `c${pos}`, requestHash: null, at: at(pos), actor: 'operator', events: [nodeJoined(`node-${pos}`)] };
    commits.push(prepareCommit(pos, last === undefined ? FIRST_PREV : chainHash(last), content).commit);
  }
  return commits;
}

const altered = (commits: readonly Commit[], pos: number, change: (commit: Commit) => Partial<Commit>): Commit[] =>
  commits.map((commit) => (commit.pos === pos ? { ...commit, ...change(commit) } : commit));

/** As a log that was begun by an earlier version. */
const withoutHashes = (commits: readonly Commit[], uptoPos: number): Commit[] =>
  commits.map((commit) => (commit.pos <= uptoPos ? { ...commit, hash: null } : commit));

const verified = (...stored: ConstructorParameters<typeof StoredLog>) => verifyLog(new StoredLog(...stored));

const flippedFirst = (text: string): string => (text.startsWith('0') ? '1' : '0') + text.slice(1);
const asAnotherActor = ({ body }: Commit) => ({ body: body.replace('"operator"', '"operatos"') });

describe('the verification of a log', () => {
  const log = written(1_203);

  it('a whole log is told by its head, and progress by position', async () => {
    const progress: number[] = [];
    expect(await verifyLog(new StoredLog(log), (pos) => progress.push(pos))).toEqual({
      ok: true,
      head: expect.objectContaining({ pos: 1_203, hash: chainHash(log[1_202]!) }),
    });
    expect(progress).toEqual([500, 1_000, 1_203]);
    expect(await verified([])).toEqual({ ok: true, head: { pos: 0, hash: FIRST_PREV, at: 0 } });
  });

  // 499 to 502: where pages meet.
  const everywhere = [1, 2, 250, 499, 500, 501, 502, 1_000, 1_201, 1_202, 1_203];

  it.each(everywhere)('a flipped byte of a body, a link or a hash is named by its position: %i', async (pos) => {
    for (const flipped of [asAnotherActor, ({ prev }: Commit) => ({ prev: flippedFirst(prev) }), ({ hash }: Commit) => ({ hash: flippedFirst(hash!) })]) {
      expect(await verified(altered(log, pos, flipped))).toMatchObject({ ok: false, pos });
    }
  });

  it.each(everywhere.slice(0, -1))('an edit that makes the hash of its commit anew is named by its position: %i', async (pos) => {
    const edited = altered(log, pos, (commit) => ({ ...asAnotherActor(commit), hash: chainHash({ ...commit, ...asAnotherActor(commit) }) }));
    expect(await verified(edited)).toMatchObject({ ok: false, pos });
  });

  it.each(everywhere.slice(0, -1))('in a log without hashes a flipped byte of a body is named by its position: %i', async (pos) => {
    expect(await verified(altered(withoutHashes(log, 1_203), pos, asAnotherActor))).toMatchObject({ ok: false, pos });
  });

  it.each([1, 2, 499, 500, 501, 502, 1_202])('in a log without hashes a flipped byte of a link is named by its position: %i', async (pos) => {
    const flipped = altered(withoutHashes(log, 1_203), pos, ({ prev }) => ({ prev: flippedFirst(prev) }));
    expect(await verified(flipped)).toMatchObject({ ok: false, pos });
  });

  it.each([1, 499, 500, 501])('where hashes begin the last commit without one is vouched for by the first that has one: %i', async (pos) => {
    const begun = withoutHashes(log, pos);
    expect(await verified(begun)).toEqual({ ok: true, head: expect.objectContaining({ pos: 1_203 }) });
    expect(await verified(altered(begun, pos, asAnotherActor))).toMatchObject({ ok: false, pos });
    expect(await verified(altered(begun, pos + 1, asAnotherActor))).toMatchObject({ ok: false, pos: pos + 1 });
  });

  it('a newest commit without a hash is whole, with a note that nothing vouches for it', async () => {
    expect(await verified(withoutHashes(log, 1_203))).toMatchObject({ ok: true, note: expect.stringContaining('1203') });
  });

  it.each([1, 2, 499, 500, 501, 502, 503, 1_203])('a commit that the store cannot give back is named by its position: %i', async (pos) => {
    expect(await verified(log, { unreadable: pos })).toEqual({ ok: false, pos, problem: expect.stringContaining('torn') });
  });

  it('damage before a commit that cannot be read is named first', async () => {
    expect(await verified(altered(log, 700, asAnotherActor), { unreadable: 702 })).toMatchObject({ ok: false, pos: 700 });
  });

  it('an index that disagrees with the commits is told after them, one that cannot be read too', async () => {
    expect(await verified(log, { index: async () => ({ pos: 9, problem: 'lost' }) })).toEqual({ ok: false, pos: 9, problem: 'lost' });
    expect(await verified(altered(log, 12, asAnotherActor), { index: async () => ({ pos: 9, problem: 'lost' }) })).toMatchObject({ pos: 12 });
    expect(await verified(log, { index: () => Promise.reject(new Error('a torn page')) })).toMatchObject({ ok: false, problem: /torn/ });
  });

  it.each([1, 500, 501, 777])('a missing commit is named by its position: %i', async (pos) => {
    expect(await verified(log.filter((commit) => commit.pos !== pos))).toEqual({ ok: false, pos, problem: expect.stringContaining('missing') });
  });

  it('a tag that is not in the body, or is missing from the index, is named', async () => {
    expect(await verified(altered(log, 7, ({ tags }) => ({ tags: [...tags, 'user-x'] })))).toMatchObject({ ok: false, pos: 7, problem: /tags/ });
    expect(await verified(altered(log, 1_203, () => ({ tags: [] })))).toMatchObject({ ok: false, pos: 1_203 });
  });

  it('a last body that cannot be read is named, though nothing vouches for it', async () => {
    expect(await verified(altered(withoutHashes(log, 1_203), 1_203, ({ body }) => ({ body: body.slice(1) })))).toMatchObject({ ok: false, pos: 1_203 });
  });

  it('a time that goes back is named', async () => {
    expect(await verified(written(5, (pos) => (pos === 4 ? 1 : pos)))).toMatchObject({ ok: false, pos: 4 });
  });
});
