/** The response of every call that has nothing to return: Rust fails on an empty body and on null. */
export const DONE = {} as const;

/** An empty text clears a field. Null means "not provided". */
export const textOrNull = (text: string | null): string | null => (text === null || text.trim() === '' ? null : text);
