import type { JsonValue } from '@app/domain';
import type { OpenApiHeader, OpenApiMedia, OpenApiResponse } from './open-api-types.js';
import { HEAD_TOO_LARGE, type RefusalNote } from './refusal-note.js';
import { ref } from './schema-parts.js';

/** The body of an error by its status and its reasons. Null if it has no body. */
export type ErrorForm = (status: number, notes: readonly RefusalNote[]) => Readonly<Record<string, OpenApiMedia>> | null;

export const jsonBody = (name: string, example: JsonValue): Readonly<Record<string, OpenApiMedia>> => ({ 'application/json': { schema: ref(name), example } });
export const textBody = (sentence: string): Readonly<Record<string, OpenApiMedia>> => ({ 'text/plain': { schema: { type: 'string' }, example: sentence } });

const RETRY_AFTER: Readonly<Record<string, OpenApiHeader>> = {
  'Retry-After': { description: 'Seconds to wait before trying again.', schema: { type: 'integer', minimum: 1 } },
};

const sentence = ({ on, meaning, errorCode }: RefusalNote): string => {
  const said = on === undefined ? meaning : `${on}: ${meaning}`;
  return errorCode === undefined ? said : `\`${errorCode}\`: ${said}`;
};
const descriptionOf = (notes: readonly RefusalNote[]): string => {
  const sentences = [...new Set(notes.map(sentence))];
  return sentences.length === 1 ? (sentences[0] ?? '') : sentences.map((one) => `- ${one}`).join('\n');
};

/** One response for each status among the reasons. */
export const errorResponses = (notes: readonly RefusalNote[], form: ErrorForm): Readonly<Record<string, OpenApiResponse>> => {
  const statuses = [...new Set(notes.map(({ status }) => status))].toSorted((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const ofStatus = notes.filter((row) => row.status === status);
      const content = status === HEAD_TOO_LARGE ? null : form(status, ofStatus);
      const headers = status === 429 || status === 503 ? { headers: RETRY_AFTER } : {};
      return [String(status), { description: descriptionOf(ofStatus), ...headers, ...(content === null ? {} : { content }) }];
    }),
  );
};
