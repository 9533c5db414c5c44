/** What every call answers whose result is "done": Rust fails on an empty body and on null. */
export const DONE = {} as const;

/** An empty text clears a field; null never gets here, it means "not provided". */
export const textOrNull = (text: string | null): string | null => (text === null || text.trim() === '' ? null : text);
