import { createPino, type PinoLogger } from '@app/platform';

/** What a logger writes, line by line. */
export class LoggedLines {
  readonly raw: string[] = [];
  readonly pino: PinoLogger;
  constructor(level = 'trace') {
    this.pino = createPino(level, { write: (line) => void this.raw.push(line) });
  }
  get lines(): readonly Readonly<Record<string, unknown>>[] {
    return this.raw.map((line) => JSON.parse(line) as Record<string, unknown>);
  }
  get messages(): readonly unknown[] {
    return this.lines.map(({ msg }) => msg);
  }
}
