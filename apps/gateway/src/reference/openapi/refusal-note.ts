/** One reason why a call is refused, and with which status. */
export interface RefusalNote {
  readonly status: number;
  /** The field that is blamed, as Markdown. */
  readonly on?: string;
  readonly meaning: string;
  /** What the frontend API names it. */
  readonly errorCode?: string;
}

export const note = (status: number, meaning: string): RefusalNote => ({ status, meaning });
export const noteOn = (status: number, on: string, meaning: string): RefusalNote => ({ status, on, meaning });

/** Answered before any call is looked at, so that its body is empty in every API. */
export const HEAD_TOO_LARGE = 431;

/** Bodies are read, and can be too large, on every call that is not a GET, whether it looks at one or not. */
export const sizeNotes = (method: string): readonly RefusalNote[] => [
  ...(method === 'GET' ? [] : [note(413, 'The body is larger than 64 KiB.')]),
  note(HEAD_TOO_LARGE, 'Path, query and headers are over 16 KiB together.'),
];
