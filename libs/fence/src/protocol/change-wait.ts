import type { Clock } from '@app/ports';

/**
 * What a change waits for before its 2xx: the barrier's reply, or L since the append became durable, which is sufficient
 * alone. An error of the barrier counts as silence. `sinceMono` is read AFTER the durable answer ("already done": after the probe), on
 * `clock`; a repeated command waits like the first (mutant "retry acknowledges at once").
 */
export const waitForFence = async (clock: Clock, leaseAuthorityMs: number, sinceMono: number, barrier: () => Promise<unknown>): Promise<void> => {
  const passed = new AbortController();
  const untilMono = sinceMono + leaseAuthorityMs;
  barrier().then(
    () => passed.abort(),
    () => {},
  );
  while (!passed.signal.aborted && clock.mono() < untilMono) await clock.sleep(untilMono - clock.mono(), passed.signal);
};
