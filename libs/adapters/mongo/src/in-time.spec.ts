import { describe, expect, it } from 'vitest';
import { inTime, MongoSilent } from './in-time.js';

describe('a deadline', () => {
  it('ends a wait that nothing else would end, and tells the work', async () => {
    let told: AbortSignal | undefined;
    const waited = inTime(10, (signal) => {
      told = signal;
      return new Promise<never>(() => undefined);
    });
    await expect(waited).rejects.toThrow(MongoSilent);
    expect(told?.aborted).toBe(true);
  });

  it('leaves work alone that ended before', async () => {
    let told: AbortSignal | undefined;
    await expect(inTime(60_000, (signal) => Promise.resolve(((told = signal), 7)))).resolves.toBe(7);
    await expect(inTime(60_000, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    expect(told?.aborted).toBe(false);
  });
});
