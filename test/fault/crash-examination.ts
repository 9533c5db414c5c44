import { isDeepStrictEqual } from 'node:util';
import { SqliteEventLog } from '@app/adapters/sqlite';
import { verifyLog } from '@app/log';
import { type BackendApi, listAt, textAt, V1 } from '@test/support/clients/backend-api.js';
import type { Asker, Attempt } from './crash-attempts.js';
import { Killed, validityProblem } from './crash-client.js';
import type { LogBook } from './crash-log-book.js';
import { type CrashKey, isDead, type Thing, type World } from './crash-world.js';

/** What is promised, and so what can be found broken. */
export type Promised = 'exactly once' | 'chain' | 'read models' | 'denials' | 'answers' | 'restart';

export class Broken extends Error {
  constructor(
    readonly promised: Promised,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(problem, options);
  }
}

/** Every acknowledged command stands in the log once, in its order; one without an answer at most once; nothing else does. */
export const compareWithLog = (book: LogBook, things: readonly Thing[], pending: readonly Attempt[]): void => {
  const acknowledged = new Map(things.map(({ tag, facts }) => [tag, facts]));
  for (const [tag, facts] of book.facts) {
    const told = acknowledged.get(tag) ?? [];
    const open = pending.find(({ on, fact }) => (on === null ? fact === facts[0] : on.tag === tag))?.fact ?? null;
    if (isDeepStrictEqual(facts, told) || (open !== null && isDeepStrictEqual(facts, [...told, open]))) continue;
    throw new Broken('exactly once', `${tag} in the log: ${listed(facts)}; acknowledged: ${listed(told)}; not answered: ${open ?? 'nothing'}.`);
  }
  const lost = [...acknowledged.keys()].find((tag) => !book.facts.has(tag));
  if (lost !== undefined) throw new Broken('exactly once', `${lost} was acknowledged and is not in the log.`);
};

/** What a command without an answer had done by the kill; null if nothing, so that asking again is the first time. */
export const doneBy = (book: LogBook, { on, fact }: Attempt): { readonly id: string } | null => {
  if (fact === null) return null;
  if (on === null) return book.madeBy(fact);
  return (book.facts.get(on.tag)?.length ?? 0) > on.facts.length ? on : null;
};

export const verifyWhole = async (path: string): Promise<void> => {
  const log = SqliteEventLog.open(path, { readOnly: true });
  try {
    const verdict = await verifyLog(log);
    if (!verdict.ok) throw new Broken('chain', `Position ${verdict.pos}: ${verdict.problem}`);
  } finally {
    await log.close();
  }
};

/** Resolves when every one of these keys validates as its client must expect. */
export const validateAll = async (api: BackendApi, keys: readonly CrashKey[]): Promise<void> => {
  // Some hundreds at once at most: beyond a thousand look-ups a node returns 503.
  for (let from = 0; from < keys.length; from += 200) {
    const problems = await Promise.all(keys.slice(from, from + 200).map((key) => validityProblem(api, key)));
    const problem = problems.find((one) => one !== null) ?? null;
    if (problem !== null) throw new Broken('denials', problem);
  }
};

/** The lists of the API, all pages of them, against what the clients know. */
export const compareLists = async (api: BackendApi, worlds: readonly World[]): Promise<void> => {
  const keys = worlds.flatMap((world) => world.keys);
  const lists: readonly (readonly [name: string, listed: readonly string[], expected: readonly Thing[]])[] = [
    ['current keys', await api.listed('current'), keys.filter((key) => !isDead(key))],
    ['archived keys', await api.listed('archived'), keys.filter(isDead)],
    ['users', await allPages(api, 'user', 'users', 'user_id'), worlds.flatMap((world) => world.livingUsers())],
    ['organizations', await allPages(api, 'org', 'orgs', 'org_id'), worlds.flatMap((world) => world.livingOrgs())],
  ];
  for (const [name, shown, expected] of lists) {
    const ids = new Set(expected.map(({ id }) => id));
    const [missing, strange] = [[...ids].filter((id) => !shown.includes(id)), shown.filter((id) => !ids.has(id))];
    if (missing.length + strange.length > 0 || shown.length !== ids.size) {
      throw new Broken('read models', `The list of ${name} has ${shown.length} instead of ${ids.size}: without ${listed(missing)}, with ${listed(strange)}.`);
    }
  }
};

/** All of it, or the first thing that went wrong. A kill ends all of them, anything else stops the others. */
export const together = async (jobs: readonly Promise<unknown>[], stop: () => Promise<unknown>): Promise<void> => {
  const results = await Promise.allSettled(
    jobs.map((job) =>
      job.catch(async (error: unknown) => {
        if (!(error instanceof Killed)) await stop();
        throw error;
      }),
    ),
  );
  const errors = results.flatMap((result): unknown[] => (result.status === 'rejected' ? [result.reason] : []));
  const wrong = errors.find((error) => !(error instanceof Killed));
  if (wrong instanceof Broken) throw wrong;
  if (wrong !== undefined) throw new Broken('answers', wrong instanceof Error ? wrong.message : JSON.stringify(wrong), { cause: wrong });
  if (errors.length > 0) throw new Killed();
};

/** Who the clients are to the log, by the key that the first start made. */
export const askerIn = ({ commits }: LogBook): Asker => {
  for (const { type, data } of commits.flatMap(({ events }) => events)) {
    if (type === 'backend-key.issued.v1') return { environmentId: data.environmentId, backendKeyId: data.backendKeyId };
  }
  throw new Broken('restart', 'The first start has made no backend key.');
};

const allPages = async (api: BackendApi, path: 'user' | 'org', list: string, idField: string): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (let page = 0; ; page += 1) {
    const answer = await api.done('GET', `${V1}/${path}/query?page_size=100&page_number=${page}`);
    ids.push(...listAt(answer, list).map((row) => textAt(row, idField)));
    if (answer['has_more_results'] !== true) return ids;
  }
};

const listed = (texts: readonly string[]): string => texts.slice(0, 20).join(', ') || 'nothing';
