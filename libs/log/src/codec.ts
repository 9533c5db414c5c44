import { hash } from 'node:crypto';
import { tags as tagOf } from '@app/domain';
import type { DomainEvent } from '@app/domain';
import { UnreadableCommit } from '@app/ports';
import type { Commit } from '@app/ports';

/** `prev` of the first commit. */
export const FIRST_PREV = '0'.repeat(64);

/** The content of one commit, before it has a position. */
export interface CommitContent {
  readonly commandId: string;
  readonly requestHash: string | null;
  /** Epoch milliseconds, never smaller than that of the commit before. */
  readonly at: number;
  readonly actor: string;
  readonly events: readonly DomainEvent[];
}

/** A commit as read: its content, its place in the chain and the tags of its body. */
export interface DecodedCommit extends CommitContent {
  readonly pos: number;
  /** Of this commit: the `prev` that the next one carries. */
  readonly hash: string;
  readonly prev: string;
  readonly tags: readonly string[];
}

/** A commit in the form of the store, together with the form that readers of the log get. */
export interface PreparedCommit {
  readonly commit: Commit;
  readonly decoded: DecodedCommit;
}

/** What the chain covers of a commit. */
type ChainedBytes = Pick<Commit, 'pos' | 'prev' | 'body'>;

export const positionId = (pos: number): string => String(pos).padStart(16, '0');

/** Hex SHA-256 over the stored bytes: every store must return `prev` and `body` exactly as it got them. */
export const chainHash = (commit: ChainedBytes): string => hash('sha256', `${commit.prev}\n${positionId(commit.pos)}\n${commit.body}`, 'hex');

/** The tags under which a commit is found: its command's and those of its events. */
export const indexOf = (content: Pick<CommitContent, 'commandId' | 'events'>): string[] => [
  ...new Set([tagOf.command(content.commandId), ...content.events.flatMap((event) => event.tags)]),
];

function bodyOf(content: CommitContent): string {
  const { commandId, requestHash, at, actor } = content;
  const events = content.events.map(({ type, tags, data }) => ({ type, tags, data }));
  return JSON.stringify({ commandId, ...(requestHash === null ? {} : { requestHash }), at, actor, events });
}

/** The returned and folded values are parsed from the text, so that memory cannot differ from a later read. */
export function prepareCommit(pos: number, prev: string, content: CommitContent): PreparedCommit {
  const body = bodyOf(content);
  const decoded = decodeCommit({ pos, prev, body });
  return { commit: { pos, prev, tags: decoded.tags, body, hash: decoded.hash }, decoded };
}

/** Throws `UnreadableCommit`. Tags and hash come from the bytes that the chain covers, not from what is stored beside them. */
export function decodeCommit(commit: ChainedBytes): DecodedCommit {
  const content = contentOf(commit);
  return { ...content, pos: commit.pos, prev: commit.prev, hash: chainHash(commit), tags: indexOf(content) };
}

function contentOf({ pos, body }: ChainedBytes): CommitContent {
  const parsed = parse(pos, body);
  if (!isRecord(parsed)) throw new UnreadableCommit(pos, 'its body is not a JSON object');
  const { commandId, requestHash, at, actor, events } = parsed;
  if (typeof commandId !== 'string') throw new UnreadableCommit(pos, 'it has no command id');
  if (requestHash !== undefined && typeof requestHash !== 'string') throw new UnreadableCommit(pos, 'its request hash is not a text');
  if (typeof at !== 'number' || !Number.isSafeInteger(at)) throw new UnreadableCommit(pos, 'its time is not a whole number');
  if (typeof actor !== 'string') throw new UnreadableCommit(pos, 'it has no actor');
  if (!Array.isArray(events) || events.length === 0) throw new UnreadableCommit(pos, 'it has no events');
  if (!events.every(isEvent)) throw new UnreadableCommit(pos, 'an event lacks its type, tags or data');
  return { commandId, requestHash: requestHash ?? null, at, actor, events };
}

function parse(pos: number, body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new UnreadableCommit(pos, 'its body is not JSON');
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The shape only: what an event means, and whether its type is known, is the folds' business. */
const isEvent = (value: unknown): value is DomainEvent =>
  isRecord(value) &&
  typeof value['type'] === 'string' &&
  isRecord(value['data']) &&
  Array.isArray(value['tags']) &&
  value['tags'].every((tag) => typeof tag === 'string');
