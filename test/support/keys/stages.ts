import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { Refusal } from '@app/domain';
import { KeysStage, type StageOptions } from './keys-stage.js';

/** For a spec file: a fresh folder before each test, everything that was opened closed after it. */
export const useStages = () => {
  let dir = '';
  let opened: KeysStage[] = [];
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'keys-'));
    opened = [];
  });
  afterEach(async () => {
    for (const stage of opened) await stage.close();
    rmSync(dir, { recursive: true, force: true });
  });
  return {
    open: async (options?: StageOptions): Promise<KeysStage> => {
      const stage = await KeysStage.open(dir, options);
      opened.push(stage);
      return stage;
    },
    /** Left as it is, as after a kill: it is not stopped. */
    openToBeKilled: (options: StageOptions): Promise<KeysStage> => KeysStage.open(dir, options),
  };
};

export const refusalOf = (work: Promise<unknown>): Promise<Refusal> =>
  work.then(
    () => {
      throw new Error('It was not refused.');
    },
    (error: unknown) => {
      if (error instanceof Refusal) return error;
      throw error;
    },
  );
