import type { Commit, EventLog, LogProblem } from '@app/ports';
import { FIRST_PREV, chainHash, decodeCommit } from './codec.js';
import type { DecodedCommit } from './codec.js';
import { eventLoopTurn } from './event-loop-turn.js';
import type { Head } from './log-tail.js';

/** `pos` is the commit whose bytes are wrong, or the position that is missing. `note` says what could not be checked. */
export type LogVerdict =
  | { readonly ok: true; readonly head: Head; readonly note?: string }
  | { readonly ok: false; readonly pos: number; readonly problem: string };

const PAGE = 500;

/**
 * Reads the whole log and checks that positions have no gap, that every commit is what its own hash and the next commit say, that each
 * can be read and is indexed under the tags of its body. Reports the first problem.
 */
export async function verifyLog(log: EventLog, onProgress?: (pos: number) => void): Promise<LogVerdict> {
  let head: Head = { pos: 0, hash: FIRST_PREV, at: 0 };
  let newest: Commit | undefined;
  for (;;) {
    // Two more than are used: if two neighbors disagree, the one after them shows which of both is wrong.
    const page = await readPage(log, head.pos + 1);
    for (const [index, commit] of page.commits.slice(0, PAGE).entries()) {
      const checked = check(commit, head, page.commits.slice(index + 1, index + 3));
      if ('problem' in checked) return { ok: false, ...checked };
      head = checked;
      newest = commit;
    }
    onProgress?.(head.pos);
    if (page.problem !== null) return { ok: false, pos: head.pos + 1, problem: page.problem };
    if (page.commits.length < PAGE) break;
    await eventLoopTurn();
  }
  const unindexed = await checkIndex(log, head);
  return unindexed === null ? { ok: true, head, ...noteOn(newest) } : { ok: false, ...unindexed };
}

interface Page {
  readonly commits: readonly Commit[];
  /** Why the commits end here, if this is not the end of the log. */
  readonly problem: string | null;
}

async function readPage(log: EventLog, fromPos: number): Promise<Page> {
  try {
    return { commits: await log.readFrom(fromPos, PAGE + 2), problem: null };
  } catch {
    return readOneByOne(log, fromPos);
  }
}

/** Commits before the damage are checked like all others, and the damage gets a position. */
async function readOneByOne(log: EventLog, fromPos: number): Promise<Page> {
  const commits: Commit[] = [];
  try {
    while (commits.length < PAGE) {
      const [commit] = await log.readFrom(fromPos + commits.length, 1);
      if (commit === undefined) break;
      commits.push(commit);
    }
    return { commits, problem: null };
  } catch (error) {
    return { commits, problem: reasonOf(error) };
  }
}

function check(commit: Commit, before: Head, followers: readonly Commit[]): Head | LogProblem {
  const { pos, prev, tags } = commit;
  if (pos !== before.pos + 1) return { pos: before.pos + 1, problem: `The position is missing: after ${before.pos} comes ${pos}.` };
  if (prev !== before.hash) return { pos, problem: 'It does not continue the commit before.' };
  const bytesHash = chainHash(commit);
  if (commit.hash !== null && commit.hash !== bytesHash) return { pos, problem: 'Its bytes are not those that its hash was made of.' };
  if (!vouchedFor(commit, bytesHash, followers)) return { pos, problem: 'Its bytes are not those that the next commit continues.' };
  const decoded = decode(commit);
  if ('problem' in decoded) return decoded;
  if (!sameSet(decoded.tags, tags)) return { pos, problem: 'Its tags are not those of its body.' };
  if (decoded.at < before.at) return { pos, problem: 'Its time is before that of the commit before.' };
  return decoded;
}

/** If two neighbors disagree, the second is reported in its turn when its own hash, or the one after it, says that it is wrong itself. */
function vouchedFor({ pos }: Commit, bytesHash: string, [next, afterNext]: readonly Commit[]): boolean {
  if (next === undefined || next.pos !== pos + 1 || next.prev === bytesHash) return true;
  const nextHash = chainHash(next);
  if (next.hash !== null) return next.hash !== nextHash;
  return afterNext !== undefined && afterNext.prev !== nextHash;
}

function decode(commit: Commit): DecodedCommit | LogProblem {
  try {
    return decodeCommit(commit);
  } catch (error) {
    return { pos: commit.pos, problem: reasonOf(error) };
  }
}

/** Last: it compares the commits of the index with the tags of the commits, which is meaningless while those are in doubt. */
async function checkIndex(log: EventLog, { pos }: Head): Promise<LogProblem | null> {
  try {
    return await log.checkIndex();
  } catch (error) {
    return { pos: 1, problem: `Every commit up to ${pos} is whole, but the index of tags cannot be read: ${reasonOf(error)}` };
  }
}

const noteOn = (newest: Commit | undefined): { readonly note?: string } =>
  newest === undefined || newest.hash !== null
    ? {}
    : { note: `Position ${newest.pos} was written by an earlier version, without its own hash: nothing vouches for its bytes until a next commit does.` };

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const sameSet = (left: readonly string[], right: readonly string[]): boolean => left.length === right.length && left.every((tag) => right.includes(tag));
