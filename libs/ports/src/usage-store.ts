/** A running total of one process run: repeating it is harmless, because the last value per (incarnation, day, keyId) counts. */
export interface ProcessUsageTotal {
  /** Random id of the counting process run. */
  readonly incarnation: string;
  /** UTC day, `YYYY-MM-DD`. */
  readonly day: string;
  readonly keyId: string;
  readonly environmentId: string;
  readonly userId: string | null;
  readonly orgId: string | null;
  readonly count: number;
  readonly lastUsedAtMs: number;
}

export interface UsageCountQuery {
  readonly environmentId: string;
  readonly day: string;
  readonly keyId: string | null;
  readonly userId: string | null;
  readonly orgId: string | null;
}

/** Not part of the log and not rebuilt from it: counts survive `rebuild`. */
export abstract class UsageStore {
  /** The greater of the stored and the given count stays. */
  abstract record(totals: readonly ProcessUsageTotal[]): Promise<void>;
  abstract count(query: UsageCountQuery): Promise<number>;
  /** Epoch milliseconds of the last counted validation, by key id; keys never used are left out. */
  abstract lastUsed(keyIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  abstract close(): Promise<void>;
}
