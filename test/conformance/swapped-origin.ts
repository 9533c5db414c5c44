const OFFICIAL_ORIGIN = 'https://propelauth-api.com';

/**
 * The official clients have their origin as a constant. Everything else about them stays as it is: only requests to
 * that origin go to ours. Returns the way back.
 */
export const swapOrigin = (origin: string): (() => void) => {
  const original = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
    if (!url.startsWith(OFFICIAL_ORIGIN)) return original(input, init);
    return original(origin + url.slice(OFFICIAL_ORIGIN.length), init);
  };
  return () => {
    globalThis.fetch = original;
  };
};
