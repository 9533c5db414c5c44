import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type Database from 'libsql';
import { findWalDamage } from './write-ahead-log.js';
import type { WalDamage } from './write-ahead-log.js';

/** How often the same finding must be read before it is believed. */
const READS = 3;
/** A server that writes all the time gives another finding each time, if it gives any. */
const MAX_READS = 50;
const MAX_LINES = 10;

/**
 * Damage of the file's write-ahead log, if any. Before SQLite opens the file: the first to do so writes behind the frames that it takes.
 *
 * A server may be writing meanwhile, and the file is not read in one moment: frames can then seem to be missing before ones that are there.
 * Damage stays in place; a writer's activity has moved on by the next read.
 */
export async function checkWriteAheadLog(path: string, betweenReadsMs = 150): Promise<WalDamage | null> {
  let found = readDamage(`${path}-wal`);
  for (let reads = 1, alike = 1; found !== null && alike < READS; reads += 1) {
    if (reads === MAX_READS) return null;
    await sleep(betweenReadsMs);
    const again = readDamage(`${path}-wal`);
    alike = isSame(again, found) ? alike + 1 : 1;
    found = again;
  }
  return found;
}

/** What SQLite reports about the structure of its file, in its words except for the names of the tables; empty if the file is intact. */
export function checkPages(db: Database.Database): readonly string[] {
  // As bytes: the driver aborts the process if text is not UTF-8, and names in a damaged file may not be.
  const rows = db.prepare(`SELECT CAST(integrity_check AS BLOB) AS line FROM pragma_integrity_check(${MAX_LINES})`).all() as { readonly line: ArrayBuffer }[];
  const lines = rows.flatMap(({ line }) => textOf(line).split('\n')).filter((line) => line !== 'ok' && line !== '' && !line.startsWith('***'));
  if (lines.length === 0) return lines;
  const tables = db.prepare("SELECT CAST(name AS BLOB) AS name, rootpage AS root FROM sqlite_schema WHERE type = 'table'").all() as {
    readonly name: ArrayBuffer;
    readonly root: number;
  }[];
  const nameOf = new Map(tables.map(({ name, root }) => [String(root), textOf(name)]));
  return lines.map((line) => line.replace(/^Tree (\d+)(?= )/, (tree, root: string) => nameOf.get(root) ?? tree));
}

const textOf = (bytes: ArrayBuffer): string => Buffer.from(bytes).toString('utf8');

function readDamage(walPath: string): WalDamage | null {
  let file: Buffer;
  try {
    file = readFileSync(walPath);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  return findWalDamage(file);
}

const isSame = (one: WalDamage | null, other: WalDamage): boolean =>
  one !== null && one.frame === other.frame && one.problem === other.problem && one.salts === other.salts;
