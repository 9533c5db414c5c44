import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readProjectedPositions } from './projected-positions.js';
import { SqliteViewStore } from './sqlite-view-store.js';
import { ViewsFile } from './views-file.js';

describe('the read models as witnesses', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keyfence-witness-'));
    path = join(folder, 'views.db');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('say how far each has applied the log, while a server has the file open', async () => {
    const views = new SqliteViewStore(new ViewsFile(path));
    await views.save('keys', 1, 7, []);
    await views.save('directory', 3, 9, []);
    expect(readProjectedPositions(path)).toEqual([
      { projection: 'directory', pos: 9 },
      { projection: 'keys', pos: 7 },
    ]);
    await views.save('keys', 1, 12, []);
    expect(readProjectedPositions(path)).toContainEqual({ projection: 'keys', pos: 12 });
    await views.close();
  });

  it('say nothing where they are missing, another kind of file, or damaged, and are left as they are', async () => {
    expect(readProjectedPositions(path)).toEqual([]);
    for (const content of ['', 'no database '.repeat(1_000)]) {
      writeFileSync(path, content);
      expect(readProjectedPositions(path)).toEqual([]);
      expect(readFileSync(path, 'utf8')).toBe(content);
    }
  });
});
