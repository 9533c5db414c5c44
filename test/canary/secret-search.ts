import { narrowSpellings, type Spelling, wideSpellings } from './spellings.js';

/** Where a secret was met. What it is stays unsaid: a failed test must not print it. */
export interface Finding {
  readonly kind: string;
  readonly spelling: string;
  /** Of the first piece, in bytes. */
  readonly offset: number;
  /** How many of its pieces were met. */
  readonly pieces: number;
}

interface Known {
  readonly kind: string;
  readonly spelling: Spelling;
}

const MULTIPLIER = 0x01000193;
/** So many that few of a million runs share one: a look into the map costs far more than one at a bit. */
const FILTER_BITS = 25;

const powerOf = (exponent: number): number => {
  let power = 1;
  for (let count = 0; count < exponent; count += 1) power = Math.imul(power, MULTIPLIER);
  return power;
};

/** The sum alone fills the bits badly. */
const mixed = (sum: number): number => Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d) >>> 0;

/**
 * Finds every run of `width` bytes of what it knows, wherever it stands: all of them are looked for in one pass (Rabin and Karp), so
 * that a thousand secrets in a heap cost no more than one.
 */
class RunSearch {
  readonly #width: number;
  readonly #known: Known[] = [];
  readonly #filter = new Int32Array(2 ** (FILTER_BITS - 5));
  /** Hash of a run to the number of its newest entry; entries of one hash are chained. */
  readonly #newest = new Map<number, number>();
  readonly #entries: { readonly known: number; readonly offset: number; readonly older: number }[] = [];

  constructor(width: number) {
    this.#width = width;
  }

  add(kind: string, spelling: Spelling): void {
    const known = this.#known.push({ kind, spelling }) - 1;
    this.#eachRun(spelling.bytes, null, (hash, offset) => {
      const entry = this.#entries.push({ known, offset, older: this.#newest.get(hash) ?? -1 }) - 1;
      this.#newest.set(hash, entry);
      const bit = hash >>> (32 - FILTER_BITS);
      this.#filter[bit >>> 5] = (this.#filter[bit >>> 5] ?? 0) | (1 << (bit & 31));
    });
  }

  findIn(haystack: Buffer): readonly Finding[] {
    const found = new Map<number, { offset: number; pieces: number }>();
    this.#eachRun(haystack, this.#filter, (hash, offset) => {
      for (const known of this.#met(hash, haystack, offset)) {
        const finding = found.get(known) ?? { offset, pieces: 0 };
        finding.pieces += 1;
        found.set(known, finding);
      }
    });
    return [...found].flatMap(([index, finding]) => {
      const known = this.#known[index];
      return known === undefined ? [] : [{ kind: known.kind, spelling: known.spelling.name, ...finding }];
    });
  }

  #met(hash: number, haystack: Buffer, offset: number): ReadonlySet<number> {
    const met = new Set<number>();
    for (let entry = this.#entries[this.#newest.get(hash) ?? -1]; entry !== undefined; entry = this.#entries[entry.older]) {
      const bytes = this.#known[entry.known]?.spelling.bytes;
      if (bytes?.compare(haystack, offset, offset + this.#width, entry.offset, entry.offset + this.#width) === 0) met.add(entry.known);
    }
    return met;
  }

  /** Of the runs that the filter lets through; without one, of all. */
  #eachRun(bytes: Buffer, filter: Int32Array | null, visit: (hash: number, offset: number) => void): void {
    const width = this.#width;
    const leaving = powerOf(width);
    let sum = 0;
    for (let index = 0; index < bytes.length; index += 1) {
      sum = (Math.imul(sum, MULTIPLIER) + (bytes[index] ?? 0)) | 0;
      if (index >= width) sum = (sum - Math.imul(bytes[index - width] ?? 0, leaving)) | 0;
      const hash = mixed(sum);
      const bit = hash >>> (32 - FILTER_BITS);
      const passes = filter === null || (((filter[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
      if (passes && index >= width - 1) visit(hash, index - width + 1);
    }
  }
}

/** Characters in a row that give a secret away. Sixteen hex digits are 64 bits: no chance meeting in a hundred megabytes. */
export const RUN_LENGTH = 16;

/** A set of secrets, and a search for any sixteen characters in a row of any of them, in every spelling. */
export class SecretSearch {
  readonly #narrow = new RunSearch(RUN_LENGTH);
  readonly #wide = new RunSearch(2 * RUN_LENGTH);

  /** `secret`: only the secret part; the id of the key in a token is public. */
  add(kind: string, secret: string): void {
    if (secret.length < RUN_LENGTH) throw new Error(`${kind} is too short to be told from chance.`);
    for (const spelling of narrowSpellings(secret)) this.#narrow.add(kind, spelling);
    for (const spelling of wideSpellings(secret)) this.#wide.add(kind, spelling);
  }

  /** Raw bytes, which may hold text of either width. */
  inBytes(haystack: Buffer): readonly Finding[] {
    return [...this.#narrow.findIn(haystack), ...this.#wide.findIn(haystack)];
  }

  inText(text: string): readonly Finding[] {
    return this.#narrow.findIn(Buffer.from(text));
  }
}

/** One line per finding, for the message of a failed test. */
export const described = (place: string, findings: readonly Finding[]): readonly string[] =>
  findings.map(({ kind, spelling, offset, pieces }) => `${place}, byte ${String(offset)}: ${kind} (${spelling}; ${String(pieces)} runs of it)`);
