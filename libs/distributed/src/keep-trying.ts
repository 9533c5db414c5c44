import { BadSettings } from '@app/platform';
import type { Clock } from '@app/ports';
import type { ServiceProcess } from './service-process.js';

const PAUSE_MS = 500;
const SAY_AGAIN_AFTER_MS = 10_000;

/**
 * For a server that may not be running yet at the start: retries until it succeeds or the process must stop, and logs
 * every ten seconds what it waits for. It does not retry wrong settings.
 */
export const keepTrying = async <Result>(
  what: string,
  attempt: () => Promise<Result>,
  { log, ending }: Pick<ServiceProcess, 'log' | 'ending'>,
  clock: Clock,
): Promise<Result> => {
  let saidAtMono = Number.NEGATIVE_INFINITY;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof BadSettings || ending.aborted) throw error;
      if (clock.mono() - saidAtMono >= SAY_AGAIN_AFTER_MS) {
        saidAtMono = clock.mono();
        log.warn({ context: 'start' }, `Waiting for ${what}: ${error instanceof Error ? error.message : 'failed'}`);
      }
      await clock.sleep(PAUSE_MS, ending);
    }
  }
};
