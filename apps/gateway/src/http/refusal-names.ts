import type { AnsweredCode } from '@app/http-api';
import type { Refused } from './error-format.js';

/** What an API reports in place of a rule's refusal: another code, or a sentence about a field that the caller sent. */
type InPlace = { readonly code: AnsweredCode } | { readonly field: string; readonly sentence: string };

/** The names that an API uses for the fields and codes of rules. */
export interface RefusalNames {
  /** A rule's field to the API's name for it, or to the refusal to report if the API has no such field. */
  readonly fields?: Readonly<Record<string, string | InPlace>>;
  readonly codes?: Readonly<Partial<Record<AnsweredCode, InPlace>>>;
}

const inPlaceOf = (refused: Refused, answer: InPlace): Refused =>
  'code' in answer ? { ...refused, code: answer.code, fields: {} } : { ...refused, code: 'INVALID_FIELDS', fields: { [answer.field]: [answer.sentence] } };

/** The refusal in the names of the API. Unchanged if the API has no other names. */
export const inNamesOf = ({ fields: names = {}, codes = {} }: RefusalNames, { code, fields, message, subjectId }: Refused): Refused => {
  const refused = { code, fields, message, subjectId };
  const byCode = codes[code];
  if (byCode !== undefined) return inPlaceOf(refused, byCode);
  const named: Record<string, readonly string[]> = {};
  for (const [field, sentences] of Object.entries(fields)) {
    const name = Object.hasOwn(names, field) ? (names[field] ?? field) : field;
    if (typeof name !== 'string') return inPlaceOf(refused, name);
    named[name] = sentences;
  }
  return { ...refused, fields: named };
};
