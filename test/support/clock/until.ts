const PATIENCE_MS = 30_000;
const PAUSE_MS = 10;

/** Asks until it is so; fails after its patience, half a minute by default, with what was seen last. */
export const until = async <Seen>(ask: () => Seen | Promise<Seen>, isSo: (seen: Seen) => boolean, patienceMs = PATIENCE_MS): Promise<Seen> => {
  const endsAt = Date.now() + patienceMs;
  for (;;) {
    const seen = await ask();
    if (isSo(seen)) return seen;
    if (Date.now() > endsAt) throw new Error(`It never came to that: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
};
