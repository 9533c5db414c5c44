export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly Sample[];
}

const HEADER = /^# (?<kind>HELP|TYPE) (?<name>[a-zA-Z_:][\w:]*) (?<text>.+)$/;
const SAMPLE = /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>[^{}]*(?:\{[^{}]*\}[^{}]*)*)\})? (?<value>[+-]?Inf|NaN|Nan|[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)$/;
const LABEL = /(?<name>[a-zA-Z_]\w*)="(?<value>(?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;
const TYPES = ['counter', 'gauge', 'histogram', 'summary'];

const labelsIn = (text: string): Readonly<Record<string, string>> => {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const { name = '', value = '' } = LABEL.exec(text)?.groups ?? {};
    if (name === '' || name in labels) throw new Error(`No labels: ${text}`);
    labels[name] = value;
  }
  return labels;
};

const numberOf = (text: string): number => (text.endsWith('Inf') ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text.replace('Nan', 'NaN')));

const belongsTo = (sample: string, { name, type }: Family): boolean =>
  sample === name || (type === 'histogram' && ['_bucket', '_sum', '_count'].some((suffix) => sample === name + suffix));

/** Reads Prometheus' text format, strictly: throws at a malformed line, at samples without HELP and TYPE, and at one given twice. */
export const parseExposition = (text: string): ReadonlyMap<string, Family> => {
  if (!text.endsWith('\n')) throw new Error('The last line does not end.');
  const families = new Map<string, { name: string; help: string; type: string; samples: Sample[] }>();
  const seen = new Set<string>();
  let current: { name: string; help: string; type: string; samples: Sample[] } | null = null;
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const header = HEADER.exec(line)?.groups;
    const sample = SAMPLE.exec(line)?.groups;
    if (header?.['kind'] === 'HELP') {
      const { name = '', text: help = '' } = header;
      if (families.has(name)) throw new Error(`HELP twice: ${line}`);
      current = { name, help, type: '', samples: [] };
      families.set(name, current);
    } else if (header !== undefined) {
      if (current === null || current.name !== header['name'] || current.type !== '' || !TYPES.includes(header['text'] ?? ''))
        throw new Error(`No TYPE: ${line}`);
      current.type = header['text'] ?? '';
    } else {
      const { name = '', labels = '', value = '' } = sample ?? {};
      if (current === null || current.type === '' || !belongsTo(name, current)) throw new Error(`No sample of ${current?.name ?? 'anything'}: ${line}`);
      const identity = line.slice(0, line.lastIndexOf(' '));
      if (seen.has(identity)) throw new Error(`Twice: ${line}`);
      seen.add(identity);
      current.samples.push({ name, labels: labelsIn(labels), value: numberOf(value) });
    }
  }
  return families;
};

const textOf = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map((pair) => pair.join('='))
    .toSorted()
    .join();

/** The one sample with these labels; undefined: there is none. */
export const valueOf = (families: ReadonlyMap<string, Family>, name: string, labels: Readonly<Record<string, string>> = {}): number | undefined => {
  const family = families.get(name) ?? families.get(name.replace(/_(?:bucket|sum|count)$/, ''));
  return family?.samples.find((sample) => sample.name === name && textOf(sample.labels) === textOf(labels))?.value;
};
