import { WIRE_SENTENCES } from '@app/http-api';

/** One reason for refusing a call, and its status. */
export interface RefusalNote {
  readonly status: number;
  /** The field that is blamed, as Markdown. */
  readonly on?: string;
  readonly meaning: string;
  /** The error code in the frontend API. */
  readonly errorCode?: string;
}

export const note = (status: number, meaning: string): RefusalNote => ({ status, meaning });
export const noteOn = (status: number, on: string, meaning: string): RefusalNote => ({ status, on, meaning });

/** Node refuses such a request before any API sees it, so its body is empty in every API. */
export const HEAD_TOO_LARGE = 431;

/** Every call except a GET reads its body, which can be too large even if the call does not use one. */
export const sizeNotes = (method: string): readonly RefusalNote[] => [
  ...(method === 'GET' ? [] : [note(413, WIRE_SENTENCES.tooLarge)]),
  note(HEAD_TOO_LARGE, 'Path, query and headers together are larger than 16 KiB.'),
];
