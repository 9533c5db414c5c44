import { createHash } from 'node:crypto';
import type { Commit, EventLog } from '@app/ports';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

export interface OpenedLog {
  readonly log: EventLog;
  /** For a store whose index of tags can disagree with its commits: puts an entry in, or takes one away. */
  readonly index?: { add(tag: string, pos: number): Promise<void>; remove(tag: string, pos: number): Promise<void> };
  /** Another connection to the same data, as another process would have it. `cleanup` closes it too. */
  reopen(): Promise<EventLog>;
  cleanup(): Promise<void>;
}

const FIRST_PREV = '0'.repeat(64);

const nextPrev = ({ prev, pos, body }: Omit<Commit, 'hash'>): string =>
  createHash('sha256')
    .update(`${prev}\n${String(pos).padStart(16, '0')}\n${body}`)
    .digest('hex');
const hashed = (commit: Omit<Commit, 'hash'>): Commit => ({ ...commit, hash: nextPrev(commit) });

/** A chain that continues `before`; its bodies say who wrote them. */
function chain(before: Commit | null, writer: string, count: number, tags: readonly string[] = ['t']): Commit[] {
  const commits: Commit[] = [];
  for (let last = before; commits.length < count;) {
    const pos = (last?.pos ?? 0) + 1;
    const next = hashed({ pos, prev: last === null ? FIRST_PREV : nextPrev(last), tags, body: JSON.stringify({ writer, pos }) });
    commits.push(next);
    last = next;
  }
  return commits;
}

const positions = (commits: readonly Commit[]): number[] => commits.map(({ pos }) => pos);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

async function writeUntilDone(log: EventLog, writer: string, rounds: number): Promise<number[]> {
  const acknowledged: number[] = [];
  while (acknowledged.length < rounds * 3) {
    const batch = chain(await log.readHead(), writer, Math.min(3, rounds * 3 - acknowledged.length));
    const stored = await log.insert(batch);
    acknowledged.push(...positions(batch.slice(0, stored)));
  }
  return acknowledged;
}

/** What every log must do, whatever stores it. */
export function eventLogContract(name: string, open: () => Promise<OpenedLog>): void {
  describe(`${name} as an event log`, () => {
    let opened: OpenedLog;
    let log: EventLog;

    beforeEach(async () => {
      opened = await open();
      ({ log } = opened);
    });
    afterEach(() => opened.cleanup());

    it('an empty log has no head and no commits', async () => {
      expect(await log.readHead()).toBeNull();
      expect(await log.readFrom(1, 10)).toEqual([]);
      expect(await log.readBack(10, 10)).toEqual([]);
      expect(await log.readTagged('t')).toEqual([]);
      expect(await log.insert([])).toBe(0);
    });

    it('commits are read in the order of their positions, whole', async () => {
      const commits = chain(null, 'a', 12, ['t', 'u']);
      expect(await log.insert(commits.slice(0, 5))).toBe(5);
      expect(await log.insert(commits.slice(5))).toBe(7);
      expect(await log.readFrom(1, 100)).toEqual(commits);
      expect(await log.readHead()).toEqual(commits[11]);
    });

    it('a page begins where asked and holds no more than asked', async () => {
      await log.insert(chain(null, 'a', 12));
      expect(positions(await log.readFrom(4, 3))).toEqual([4, 5, 6]);
      expect(positions(await log.readFrom(11, 3))).toEqual([11, 12]);
      expect(await log.readFrom(13, 1)).toEqual([]);
      expect(await log.readFrom(14, 1)).toEqual([]);
    });

    it('reading back gives the newest first', async () => {
      const commits = chain(null, 'a', 12);
      await log.insert(commits);
      expect(await log.readBack(4, 3)).toEqual([commits[3], commits[2], commits[1]]);
      expect(positions(await log.readBack(2, 10))).toEqual([2, 1]);
      expect(positions(await log.readBack(99, 1))).toEqual([12]);
    });

    it('a tag finds its commits and no others, up to a position', async () => {
      const all = chain(null, 'a', 9).map((commit) => ({ ...commit, tags: commit.pos % 3 === 0 ? ['user-1', 'org-1'] : ['user-12'] }));
      await log.insert(all);
      expect(await log.readTagged('user-1')).toEqual([all[2], all[5], all[8]]);
      expect(positions(await log.readTagged('org-1', 6))).toEqual([3, 6]);
      expect(positions(await log.readTagged('user-1', 5))).toEqual([3]);
      expect(await log.readTagged('user-1', 0)).toEqual([]);
      expect(await log.readTagged('user-')).toEqual([]);
      expect(await log.readTagged('USER-1')).toEqual([]);
    });

    it('a taken position stores nothing and leaves what is there', async () => {
      const [first, second] = chain(null, 'a', 2);
      await log.insert([first!]);
      expect(await log.insert(chain(null, 'b', 1, ['b']))).toBe(0);
      expect(await log.readFrom(1, 10)).toEqual([first]);
      expect(await log.readTagged('b')).toEqual([]);
      expect(await log.insert([second!])).toBe(1);
    });

    it('repeating an insert stores nothing twice', async () => {
      const commits = chain(null, 'a', 3);
      await log.insert(commits);
      expect(await log.insert(commits)).toBe(0);
      expect(await log.readFrom(1, 10)).toEqual(commits);
      expect(await log.readTagged('t')).toEqual(commits);
    });

    it('what is stored is there after a reopening', async () => {
      const commits = chain(null, 'a', 5);
      await log.insert(commits);
      await log.close();
      const again = await opened.reopen();
      expect(await again.readFrom(1, 10)).toEqual(commits);
      expect(await again.readTagged('t')).toEqual(commits);
      expect(await again.insert(chain(commits[4]!, 'b', 1))).toBe(1);
    });

    it('every byte of body and tags comes back', async () => {
      const data = { 'a.b': 1, $set: { $: [[[]], null] }, '': '', quote: '"\'\\', control: '\u0000\u001f\u2028', big: 'ü漢🔑'.repeat(30_000) };
      const tags = ['slug-env-ünï.cødé $x', 'email-"quoted"', "token-'; DROP TABLE commits; --", '🔑'];
      const commit = hashed({ pos: 1, prev: FIRST_PREV, tags, body: `  ${JSON.stringify(data)}\n` });
      await log.insert([commit]);
      const again = await opened.reopen();
      expect(await again.readHead()).toEqual(commit);
      for (const tag of tags) expect(await again.readTagged(tag)).toEqual([commit]);
      expect(nextPrev((await again.readFrom(1, 1))[0]!)).toBe(nextPrev(commit));
    });

    it('a read sees every insert acknowledged before it began, through every connection', async () => {
      const others = [await opened.reopen(), await opened.reopen(), log];
      let last: Commit | null = null;
      for (let round = 0; round < 30; round += 1) {
        const writer: EventLog = others[round % others.length]!;
        const [next]: Commit[] = chain(last, 'a', 1);
        expect(await writer.insert([next!])).toBe(1);
        for (const reader of others) {
          expect(await reader.readFrom(next!.pos, 1)).toEqual([next]);
          expect(await reader.readHead()).toEqual(next);
          expect((await reader.readTagged('t')).length).toBe(next!.pos);
        }
        last = next!;
      }
    });

    it('eight racing writers leave no hole, and every acknowledged commit is theirs at its position', async () => {
      const writers = await Promise.all(upTo(8).map(async (number) => ({ name: `w${number}`, log: await opened.reopen() })));
      const written = await Promise.all(writers.map(async (writer) => ({ ...writer, acknowledged: await writeUntilDone(writer.log, writer.name, 10) })));
      const commits = await log.readFrom(1, 1_000);
      expect(positions(commits)).toEqual(upTo(8 * 30));
      for (const { name: writer, acknowledged } of written) {
        const own = commits.filter(({ body }) => (JSON.parse(body) as { writer: string }).writer === writer);
        expect(positions(own)).toEqual(acknowledged);
      }
      for (const [index, commit] of commits.entries()) expect(commit.prev).toBe(index === 0 ? FIRST_PREV : nextPrev(commits[index - 1]!));
    });

    it('a commit comes back with the hash that was stored with it, or with none', async () => {
      const [first, second] = chain(null, 'a', 2);
      await log.insert([{ ...first!, hash: null }, second!]);
      expect((await log.readFrom(1, 10)).map(({ hash }) => hash)).toEqual([null, nextPrev(second!)]);
    });

    it('an index that agrees with the commits is found whole, through every connection', async () => {
      expect(await log.checkIndex()).toBeNull();
      await log.insert(chain(null, 'a', 1_203).map((commit) => ({ ...commit, tags: [`command-${commit.pos}`, 'all', `user-${commit.pos % 7}`] })));
      for (const reader of [log, await opened.reopen()]) expect(await reader.checkIndex()).toBeNull();
    });

    it.each([1, 2, 500, 501, 1_203])('an index that has lost a tag of commit %i, or invented one, is named by the position', async (pos) => {
      const { index } = opened;
      await log.insert(chain(null, 'a', 1_203).map((commit) => ({ ...commit, tags: ['all', `user-${commit.pos}`] })));
      if (index === undefined) {
        expect(await log.checkIndex()).toBeNull();
        return;
      }
      for (const [wrong, right] of [
        ['remove', 'add'],
        ['add', 'remove'],
      ] as const) {
        for (const tag of wrong === 'remove' ? ['all', `user-${pos}`] : ['invented', `user-${pos + 1}`, 'user-']) {
          await index[wrong](tag, pos);
          expect(await log.checkIndex()).toEqual({ pos, problem: expect.any(String) });
          await index[right](tag, pos);
          expect(await log.checkIndex()).toBeNull();
        }
      }
    });

    it('the first of several disagreements is named, a commit that is not there too', async () => {
      const { index } = opened;
      await log.insert(chain(null, 'a', 10));
      if (index === undefined) return;
      await index.add('t', 11);
      expect(await log.checkIndex()).toMatchObject({ pos: 11 });
      await index.add('invented', 7);
      expect(await log.checkIndex()).toMatchObject({ pos: 7 });
      await index.remove('t', 9);
      await index.remove('t', 4);
      expect((await log.checkIndex())?.pos).toBe(4);
    });

    it('a batch that meets a taken position keeps what it stored before', async () => {
      const mine = chain(null, 'mine', 3);
      // Without a race a position can only be taken in the middle of a batch by the batch itself.
      expect(await log.insert([...mine, { ...mine[2]!, body: '{"late":true}', tags: ['late'] }, ...chain(mine[2]!, 'mine', 1)])).toBe(3);
      expect(await log.readFrom(1, 10)).toEqual(mine);
      expect(await log.readTagged('late')).toEqual([]);
    });
  });
}
