import Table from 'cli-table3';

/** Tables for people, JSON for programs. Results go to stdout, everything else to stderr. */
export class Output {
  readonly #asJson: boolean;
  constructor(asJson: boolean) {
    this.#asJson = asJson;
  }

  /** One thing: a JSON object, or a line per field. */
  one(fields: Readonly<Record<string, unknown>>): void {
    if (this.#asJson) return this.#write(JSON.stringify(fields));
    const width = Math.max(...Object.keys(fields).map((name) => name.length));
    for (const [name, value] of Object.entries(fields)) this.#write(`${name.padEnd(width)}  ${cell(value)}`);
  }

  /** Many things of one kind. `total` says when there are more than are shown. */
  many(rows: readonly Readonly<Record<string, unknown>>[], columns: readonly string[], total = rows.length): void {
    if (this.#asJson) return this.#write(JSON.stringify(rows));
    const table = new Table({ head: [...columns], style: { head: [], border: [] } });
    for (const row of rows) table.push(columns.map((column) => cell(row[column])));
    this.#write(table.toString());
    if (total > rows.length) this.#write(`${rows.length} of ${total}. Ask for more with --page and --page-size.`);
  }

  /** A line of a stream. */
  line(text: string, fields: unknown): void {
    this.#write(this.#asJson ? JSON.stringify(fields) : text);
  }

  note(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  #write(text: string): void {
    process.stdout.write(`${text}\n`);
  }
}

/** Names and metadata are other people's text: shown raw, a control character in one could move the operator's cursor or hide a line. */
const withoutControls = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);

/** A value as a person sees it. */
export const cell = (value: unknown): string => {
  if (value === null || value === undefined) return '–';
  return withoutControls(typeof value === 'string' ? value : JSON.stringify(value));
};

/** Times for people: ISO 8601 in UTC. */
export const isoTime = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
