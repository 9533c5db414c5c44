/** Both clocks of a process. A lease check reads both together: `mono` stops while a VM sleeps, `wall` may step. */
export abstract class Clock {
  /** Milliseconds, never going back within a process; no relation to the time of day. */
  abstract mono(): number;
  /** Epoch milliseconds. */
  abstract wall(): number;
  /** Resolves after `ms`; with a virtual clock, when the test has moved it there. */
  abstract sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export class SystemClock extends Clock {
  mono(): number {
    return performance.now();
  }
  wall(): number {
    return Date.now();
  }
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const timer = setTimeout(done, ms);
      function done() {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      }
      signal?.addEventListener('abort', done, { once: true });
    });
  }
}
