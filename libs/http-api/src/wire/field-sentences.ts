/** Field names whose spelling would not read well. */
const WORDS: Readonly<Record<string, string>> = { org_id: 'Organization', sort_by: 'Order', api_key_search: 'Search text' };

const inWords = (field: string): string => {
  const words = field.replaceAll('_', ' ');
  return WORDS[field] ?? words.charAt(0).toUpperCase() + words.slice(1);
};

/** For people: what a rule says about a field (`must not be empty`) as a whole sentence. A whole sentence stays as it is. `field` as on the wire. */
export const fieldSentence = (field: string, said: string): string => {
  const sentence = /^\p{Lu}/u.test(said) ? said : `${inWords(field)} ${said}`;
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
};

/** The same for all invalid fields. */
export const fieldSentences = (fields: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(fields).map(([field, texts]) => [field, texts.map((text) => fieldSentence(field, text)).join(' ')]));
