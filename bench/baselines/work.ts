import type { WorkResult, WorkRound } from './baseline-protocol.js';

export interface Work {
  /** What is done once; it is prepared for the sizes of a round. */
  actFor(sizes: { readonly batch: number; readonly bytes: number }): () => unknown;
  /** How many documents the store has that is looked into. */
  documents?(): Promise<number>;
}

export const repeatAct = async (work: Work, { seconds = Infinity, count = Infinity, atOnce = 1, batch = 1, bytes = 0 }: WorkRound): Promise<WorkResult> => {
  const act = work.actFor({ batch, bytes });
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun < count && performance.now() - startedAt < seconds * 1_000) {
      begun += 1;
      const before = performance.now();
      await act();
      latenciesMs.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  const perSecond = (latenciesMs.length * batch * 1_000) / (performance.now() - startedAt);
  return { perSecond, latenciesMs, documents: (await work.documents?.()) ?? 0 };
};
