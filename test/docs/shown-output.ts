/** `<…>` in a page stands for what differs from run to run. */
const PLACEHOLDER = /<[^<>\n]+>/g;

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
const lineMatches = (shown: string, actual: string): boolean => {
  const parts = shown
    .trim()
    .split(PLACEHOLDER)
    .map((part) => escaped(part).replace(/\s+/g, String.raw`\s+`));
  return new RegExp(`^${parts.join(String.raw`\S+`)}$`).test(actual.trim());
};

/** The shown lines are the last ones that were printed. The first may begin in the middle of a line: curl prints no line end after a body. */
export const endsWithShown = (shown: string, actual: string): boolean => {
  const wanted = shown.trim().split('\n');
  const got = actual.trim().split('\n').slice(-wanted.length);
  return (
    wanted.length === got.length &&
    wanted.every((line, index) => lineMatches(line, got[index] ?? '') || (index === 0 && !line.includes('<') && (got[0] ?? '').trim().endsWith(line.trim())))
  );
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

/** The way to the first difference; null if there is none. Numbers are times and counts: only their kind is compared. */
export const differenceFrom = (shown: unknown, actual: unknown, path = '$'): string | null => {
  if (typeof shown === 'string' && shown.replace(PLACEHOLDER, '') === '' && shown !== '') return typeof actual === 'string' ? null : `${path}: not text`;
  if (typeof shown === 'number') return typeof actual === 'number' ? null : `${path}: no number`;
  if (!isObject(shown) || !isObject(actual)) return shown === actual ? null : `${path}: ${JSON.stringify(actual)}`;
  const [wanted, got] = [Object.keys(shown).toSorted(), Object.keys(actual).toSorted()];
  if (wanted.join() !== got.join()) return `${path}: has ${got.join(', ')}`;
  for (const name of wanted) {
    const difference = differenceFrom(shown[name], actual[name], `${path}.${name}`);
    if (difference !== null) return difference;
  }
  return null;
};
