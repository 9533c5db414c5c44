import { UnreadableCommit } from '@app/ports';
import type { Commit } from '@app/ports';

/** A commit as it is stored. `body` is text, so that the rules of BSON never apply to users' input. */
export interface CommitDocument {
  readonly _id: string;
  readonly prev: string;
  readonly tags: readonly string[];
  readonly body: string;
  readonly hash: string | null;
}

const DIGITS = 16;

export const idAt = (pos: number): string => String(pos).padStart(DIGITS, '0');

export const toDocument = ({ pos, prev, tags, body, hash }: Commit): CommitDocument => ({ _id: idAt(pos), prev, tags: [...tags], body, hash });

/** The driver's types are not checked at run time: this checks every field. */
export function toCommit(document: Readonly<Record<string, unknown>>): Commit {
  const { _id, prev, tags, body, hash } = document;
  const pos = posOf(_id);
  return {
    pos,
    prev: textOf(pos, 'prev', prev),
    tags: tagsOf(pos, tags),
    body: textOf(pos, 'body', body),
    hash: hash === null ? null : textOf(pos, 'hash', hash),
  };
}

function posOf(id: unknown): number {
  const pos = Number.parseInt(String(id), 10);
  if (typeof id === 'string' && /^\d{16}$/.test(id) && Number.isSafeInteger(pos) && pos > 0) return pos;
  throw new UnreadableCommit(Number.isSafeInteger(pos) ? pos : 0, 'its _id is not a position');
}

function textOf(pos: number, field: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new UnreadableCommit(pos, `its ${field} is not a text`);
}

function tagsOf(pos: number, value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((tag) => typeof tag === 'string')) return value;
  throw new UnreadableCommit(pos, 'its tags are not a list of texts');
}
