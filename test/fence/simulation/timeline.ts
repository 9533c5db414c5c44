/** Who did what when, for people. Kept only when a schedule is run again because it failed. */
export class Timeline {
  readonly #lines: string[] = [];
  readonly isRecording: boolean;
  readonly #nowMs: () => number;

  constructor(recording: boolean, nowMs: () => number) {
    this.isRecording = recording;
    this.#nowMs = nowMs;
  }

  note(who: string, what: string, details?: unknown): void {
    if (!this.isRecording) return;
    const shown = details === undefined ? '' : ` ${shorten(details)}`;
    this.#lines.push(`${this.#nowMs().toFixed(1).padStart(9)} ms  ${who.padEnd(10)}  ${what}${shown}`);
  }

  get lines(): readonly string[] {
    return this.#lines;
  }
}

/** States are long and say little; what they are of, and as of when, is what matters. */
const shorten = (details: unknown): string => {
  if (details instanceof Error) return `(${details.message})`;
  const text = JSON.stringify(details, (name, value: unknown) => (name === 'state' || name === 'headHash' || name === 'hash' ? undefined : value));
  return text.length > 400 ? `${text.slice(0, 400)} …` : text;
};
