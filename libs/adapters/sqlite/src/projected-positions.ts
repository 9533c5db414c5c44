import { existsSync } from 'node:fs';
import { openFileToRead } from './log-file.js';

export interface ProjectedPosition {
  readonly projection: string;
  readonly pos: number;
}

/**
 * How far each read model in a `views.db` has applied the log: evidence of how long the log once was, and nothing more.
 * The file may be missing, of another version or damaged; then there is no evidence. Changes nothing in the file.
 */
export function readProjectedPositions(viewsPath: string): readonly ProjectedPosition[] {
  if (!existsSync(viewsPath)) return [];
  try {
    const db = openFileToRead(viewsPath);
    try {
      const rows = db.prepare('SELECT CAST(name AS BLOB) AS name, pos AS pos FROM projections ORDER BY 1').all() as {
        readonly name: ArrayBuffer;
        readonly pos: number;
      }[];
      return rows.map(({ name, pos }) => ({ projection: Buffer.from(name).toString('utf8'), pos }));
    } finally {
      db.close();
    }
  } catch {
    return [];
  }
}
