import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Files of a dead server as the kill left them, copied. Looking at the originals would repair them first, and a handle kept on them
 * here would spare the next server its recovery: the copies leave it everything to do. Shared memory (`-shm`) dies with a machine,
 * so it is not part of an image.
 */
export const withImage = async <Result>(dataDir: string, names: readonly string[], look: (imageDir: string) => Promise<Result>): Promise<Result> => {
  const imageDir = mkdtempSync(join(tmpdir(), 'keyfence-image-'));
  try {
    for (const name of names) for (const file of [name, `${name}-wal`]) copyIfThere(join(dataDir, file), join(imageDir, file));
    return await look(imageDir);
  } finally {
    rmSync(imageDir, { recursive: true, force: true });
  }
};

const copyIfThere = (from: string, to: string): void => {
  if (existsSync(from)) copyFileSync(from, to);
};
