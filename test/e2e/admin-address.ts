import { type Family, parseExposition } from '@test/support/observed/exposition.js';

export type Numbers = ReadonlyMap<string, Family>;

export interface Readiness {
  readonly status: number;
  readonly checks: Readonly<Record<string, string>>;
}

/** The metrics of a process. */
export const numbersAt = async (adminOrigin: string): Promise<Numbers> => parseExposition(await (await fetch(`${adminOrigin}/metrics`)).text());

export const readinessAt = async (adminOrigin: string): Promise<Readiness> => {
  const answer = await fetch(`${adminOrigin}/readyz`);
  return { status: answer.status, checks: ((await answer.json()) as { checks: Readonly<Record<string, string>> }).checks };
};
