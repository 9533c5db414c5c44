/** Null if all is well. Otherwise one sentence about the problem, for the operator; never the text of an error, which may quote anything. */
export type ReadinessCheck = () => string | null | Promise<string | null>;

export interface ReadinessReport {
  readonly ready: boolean;
  /** By name: `ok`, or the sentence. */
  readonly checks: Readonly<Record<string, string>>;
}

/** Whether requests should be sent to this process now. A part that must work first adds a check. */
export class Readiness {
  readonly #checks = new Map<string, ReadinessCheck>();
  #ending = false;

  add(name: string, check: ReadinessCheck): void {
    if (this.#checks.has(name)) throw new Error(`There is a readiness check ${name} already.`);
    this.#checks.set(name, check);
  }

  /** The first step of a shutdown, before the process stops accepting: load balancers should learn of it here. */
  end(): void {
    this.#ending = true;
  }

  async report(): Promise<ReadinessReport> {
    const checks = await Promise.all([...this.#checks].map(async ([name, check]) => [name, (await outcomeOf(check)) ?? 'ok'] as const));
    const all = this.#ending ? [['shutdown', 'The process is shutting down.'] as const, ...checks] : checks;
    // Before the first check is added the process has hardly begun.
    return { ready: all.length > 0 && all.every(([, outcome]) => outcome === 'ok'), checks: Object.fromEntries(all) };
  }
}

const outcomeOf = async (check: ReadinessCheck): Promise<string | null> => {
  try {
    return await check();
  } catch {
    return 'This could not be checked.';
  }
};
