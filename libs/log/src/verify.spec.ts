import type { Commit } from '@app/ports';
import { describe, expect, it } from 'vitest';
import { MemoryEventLog } from '../../../test/fault/memory-event-log.js';
import { nodeJoined } from '../../../test/fault/sample-events.js';
import { FIRST_PREV, chainHash, prepareCommit } from './codec.js';
import { verifyLog } from './verify.js';

/** Gives back what it was made of, holes and all. */
class StoredLog extends MemoryEventLog {
  readonly #commits: readonly Commit[];

  constructor(commits: readonly Commit[]) {
    super();
    this.#commits = commits;
  }

  override async readFrom(fromPos: number, limit: number): Promise<readonly Commit[]> {
    return this.#commits.filter(({ pos }) => pos >= fromPos).slice(0, limit);
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

const verified = (commits: readonly Commit[]) => verifyLog(new StoredLog(commits));

describe('the verification of a log', () => {
  const log = written(1_203);

  it('a whole log is told by its head, and progress by position', async () => {
    const progress: number[] = [];
    expect(await verifyLog(new StoredLog(log), (pos) => progress.push(pos)))
      .toEqual({ ok: true, head: expect.objectContaining({ pos: 1_203, hash: chainHash(log[1_202]!) }) });
    expect(progress).toEqual([500, 1_000, 1_203]);
    expect(await verified([])).toEqual({ ok: true, head: { pos: 0, hash: FIRST_PREV, at: 0 } });
  });

  // 499 to 502: where pages meet.
  it.each([1, 2, 250, 499, 500, 501, 502, 1_000, 1_201, 1_202])('a flipped byte of a body is named by its position: %i', async (pos) => {
    const flipped = altered(log, pos, ({ body }) => ({ body: body.replace('"operator"', '"operatos"') }));
    expect(await verified(flipped)).toMatchObject({ ok: false, pos });
  });

  it.each([1, 2, 499, 500, 501, 502, 1_202])('a flipped byte of a link is named by its position: %i', async (pos) => {
    const flipped = altered(log, pos, ({ prev }) => ({ prev: (prev.startsWith('0') ? '1' : '0') + prev.slice(1) }));
    expect(await verified(flipped)).toMatchObject({ ok: false, pos });
  });

  it.each([1, 500, 501, 777])('a missing commit is named by its position: %i', async (pos) => {
    expect(await verified(log.filter((commit) => commit.pos !== pos))).toEqual({ ok: false, pos, problem: expect.stringContaining('missing') });
  });

  it('a tag that is not in the body, or is missing from the index, is named', async () => {
    expect(await verified(altered(log, 7, ({ tags }) => ({ tags: [...tags, 'user-x'] })))).toMatchObject({ ok: false, pos: 7, problem: /tags/ });
    expect(await verified(altered(log, 1_203, () => ({ tags: [] })))).toMatchObject({ ok: false, pos: 1_203 });
  });

  it('a last body that cannot be read is named, though no successor vouches for it', async () => {
    expect(await verified(altered(log, 1_203, ({ body }) => ({ body: body.slice(1) })))).toMatchObject({ ok: false, pos: 1_203 });
  });

  it('a time that goes back is named', async () => {
    expect(await verified(written(5, (pos) => (pos === 4 ? 1 : pos)))).toMatchObject({ ok: false, pos: 4 });
  });
});
