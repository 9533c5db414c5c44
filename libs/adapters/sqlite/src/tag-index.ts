import type { LogProblem } from '@app/ports';
import type Database from 'libsql';

const PAGE = 500;

// The look-up is that of readTagged, so that an entry which lies in the wrong place counts as missing.
const MISSING = `
  SELECT c.pos AS pos FROM commits c, json_each(c.tags) t
  WHERE c.pos BETWEEN ? AND ? AND NOT EXISTS (SELECT 1 FROM commit_tags i WHERE i.tag = t.value AND i.pos = c.pos)
  ORDER BY c.pos LIMIT 1`;

const COUNTS = 'SELECT (SELECT count(*) FROM commit_tags) AS entries, (SELECT coalesce(sum(json_array_length(tags)), 0) FROM commits) AS tags';

const EXTRA = `
  SELECT i.pos AS pos FROM commit_tags i
  WHERE NOT EXISTS (SELECT 1 FROM commits c, json_each(c.tags) t WHERE c.pos = i.pos AND t.value = i.tag)
  ORDER BY i.pos LIMIT 1`;

/**
 * `commit_tags` against the tags of the commits, both ways, in one snapshot. Where every tag of every commit is found,
 * an entry too many can only be there when there are more entries than tags: the slow search for it is rarely made.
 */
export function checkTagIndex(db: Database.Database): LogProblem | null {
  db.exec('BEGIN');
  try {
    const missing = firstMissing(db);
    if (missing === null && !hasMoreEntriesThanTags(db)) return null;
    const extra = firstExtra(db, missing);
    return missing === null || (extra !== null && extra.pos < missing.pos) ? extra : missing;
  } finally {
    if (db.inTransaction) db.exec('ROLLBACK');
  }
}

function firstMissing(db: Database.Database): LogProblem | null {
  const [{ pos: head }] = db.prepare('SELECT coalesce(max(pos), 0) AS pos FROM commits').all() as [{ readonly pos: number }];
  for (let from = 1; from <= head; from += PAGE) {
    const missing = firstMissingOf(db, from, Math.min(from + PAGE - 1, head));
    if (missing !== null) return missing;
  }
  return null;
}

function firstMissingOf(db: Database.Database, from: number, upto: number): LogProblem | null {
  try {
    const [missing] = db.prepare(MISSING).all(from, upto) as { readonly pos: number }[];
    return missing === undefined ? null : { pos: missing.pos, problem: 'It is not found by one of its tags: the index has lost it.' };
  } catch (error) {
    if (from === upto) return { pos: from, problem: `It cannot be looked up by its tags: ${error instanceof Error ? error.message : String(error)}.` };
    const middle = Math.floor((from + upto) / 2);
    return firstMissingOf(db, from, middle) ?? firstMissingOf(db, middle + 1, upto);
  }
}

function hasMoreEntriesThanTags(db: Database.Database): boolean {
  const [{ entries, tags }] = db.prepare(COUNTS).all() as [{ readonly entries: number; readonly tags: number }];
  return entries > tags;
}

/** An index that is found damaged already may not be readable in its own order. */
function firstExtra(db: Database.Database, known: LogProblem | null): LogProblem | null {
  try {
    const [extra] = db.prepare(EXTRA).all() as { readonly pos: number }[];
    return extra === undefined ? null : { pos: extra.pos, problem: 'The index finds it by a tag that it does not have.' };
  } catch (error) {
    if (known !== null) return null;
    throw error;
  }
}
