/** Like `Promise.all`, but no lane is still at work when it rejects: an answer that comes after the server was stopped is a second failure that hides the first. */
export const allToTheirEnd = async (all: readonly Promise<unknown>[]): Promise<void> => {
  await Promise.allSettled(all);
  await Promise.all(all);
};

/** Runs `count` rounds, `lanes` of them at a time; after a failed one no more begin. */
export const inLanes = async (count: number, lanes: number, round: (index: number, lane: number) => Promise<void>): Promise<void> => {
  let next = 0;
  const lane = async (_: unknown, number: number): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      await round(index, number).catch((error: unknown) => {
        next = count;
        throw error;
      });
    }
  };
  await allToTheirEnd(Array.from({ length: lanes }, lane));
};

/** Lets the event loop turn some times: spreads requests over a few hundred microseconds, which no timer can. */
export const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1)
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
};

/** Not to wait for anything: to begin at different moments. */
export const after = async (ms: number, turnCount: number): Promise<void> => {
  if (ms >= 1)
    await new Promise((resolve) => {
      setTimeout(resolve, ms);
    });
  await turns(turnCount);
};
