import type { Commit, EventLog } from '@app/ports';
import { FIRST_PREV, chainHash, decodeCommit } from './codec.js';
import type { DecodedCommit } from './codec.js';
import { eventLoopTurn } from './event-loop-turn.js';
import type { Head } from './log-tail.js';

/** `pos` is the commit whose bytes are wrong, or the position that is missing. */
export type LogVerdict =
  | { readonly ok: true; readonly head: Head }
  | { readonly ok: false; readonly pos: number; readonly problem: string };

const PAGE = 500;

/**
 * Reads the whole log and checks that positions have no gap, every commit continues the one before, and each can be read and is
 * indexed under the tags of its body. The newest commit has no successor that vouches for it: compare the head's hash elsewhere.
 */
export async function verifyLog(log: EventLog, onProgress?: (pos: number) => void): Promise<LogVerdict> {
  let head: Head = { pos: 0, hash: FIRST_PREV, at: 0 };
  for (;;) {
    // Two more than are taken: where two neighbours disagree, the one after them says which of both is wrong.
    const page = await log.readFrom(head.pos + 1, PAGE + 2);
    for (const [index, commit] of page.slice(0, PAGE).entries()) {
      const checked = check(commit, head, page.slice(index + 1, index + 3));
      if ('problem' in checked) return { ok: false, ...checked };
      head = checked;
    }
    onProgress?.(head.pos);
    if (page.length < PAGE) return { ok: true, head };
    await eventLoopTurn();
  }
}

type Problem = { readonly pos: number; readonly problem: string };

function check(commit: Commit, before: Head, followers: readonly Commit[]): Head | Problem {
  const { pos, prev, tags } = commit;
  if (pos !== before.pos + 1) return { pos: before.pos + 1, problem: `The position is missing: after ${before.pos} comes ${pos}.` };
  if (prev !== before.hash) return { pos, problem: 'It does not continue the commit before.' };
  if (!vouchedFor(commit, followers)) return { pos, problem: 'Its bytes are not those that the next commit continues.' };
  const decoded = decode(commit);
  if ('problem' in decoded) return decoded;
  if (!sameSet(decoded.tags, tags)) return { pos, problem: 'Its tags are not those of its body.' };
  if (decoded.at < before.at) return { pos, problem: 'Its time is before that of the commit before.' };
  return decoded;
}

/** When the next commit is itself not what its successor continues, that one is reported, in its turn. */
function vouchedFor(commit: Commit, [next, afterNext]: readonly Commit[]): boolean {
  if (next === undefined || next.pos !== commit.pos + 1 || next.prev === chainHash(commit)) return true;
  return afterNext !== undefined && afterNext.prev !== chainHash(next);
}

function decode(commit: Commit): DecodedCommit | Problem {
  try {
    return decodeCommit(commit);
  } catch (error) {
    return { pos: commit.pos, problem: error instanceof Error ? error.message : String(error) };
  }
}

const sameSet = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((tag) => right.includes(tag));
