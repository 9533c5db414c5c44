import { textAt, V1 } from '@test/support/clients/backend-api.js';
import { type Call, racesWith, violationsOf } from '@test/support/races/history.js';
import { allToTheirEnd } from '@test/support/races/in-lanes.js';
import { HttpConnection, type TimedAnswer } from '@test/support/clients/http-connection.js';
import { RaceClient } from '@test/support/races/race-client.js';
import { backendRequest, type Target } from '@test/support/clients/connected-backend-api.js';
import type { SeededRandom } from '@test/support/random/seeded-random.js';
import { reportOf } from '@test/support/races/timeline.js';

export interface OrganizationKeyNumbers {
  keys: number;
  calls: number;
  racing: number;
  begunAfterEnd: number;
}

export const noOrganizationKeyNumbers = (): OrganizationKeyNumbers => ({ keys: 0, calls: 0, racing: 0, begunAfterEnd: 0 });

const CONNECTIONS = 16;
/** A key is let through 300 times in 15 minutes; beyond that an answer says nothing of the key. */
const MOST_CALLS = 280;
/** So many before its end begins, at most. */
const CALLS_BEFORE = 120;
const ORG_KEYS = '/api/v1/org/api-keys';

interface Storm {
  readonly calls: Call[];
  readonly request: string;
  readonly about: string;
  begun: number;
  isOver: boolean;
}

/** One owner of an organization, who makes keys of it and revokes them one after the other while the organization's servers call with each. */
export class OrganizationKeyStorm {
  readonly numbers = noOrganizationKeyNumbers();
  readonly #target: Target;
  readonly #seed: number;
  readonly #random: SeededRandom;
  readonly #client: RaceClient;
  readonly #connections: readonly HttpConnection[];
  readonly #ownersConnection: HttpConnection;
  readonly #owner: Promise<{ readonly slug: string; readonly accessToken: string }>;

  constructor(target: Target, lane: number, random: SeededRandom, seed: number) {
    this.#target = target;
    this.#seed = seed;
    this.#random = random;
    this.#client = new RaceClient(target, `owner ${String(lane)}`);
    this.#connections = Array.from({ length: CONNECTIONS }, () => new HttpConnection(target.port));
    this.#ownersConnection = new HttpConnection(target.port);
    this.#owner = this.#newOwner();
    this.#owner.catch(() => {});
  }

  close(): void {
    this.#client.close();
    for (const connection of [this.#ownersConnection, ...this.#connections]) connection.close();
  }

  /** Rejects with the timeline of the key when an answer was wrong. */
  async round(): Promise<void> {
    const { slug } = await this.#owner;
    const made = await this.#asOwner('POST', ORG_KEYS, { name: 'race' });
    const [token, keyId] = [textAt(made, 'data', 'key'), textAt(made, 'data', 'apiKey', 'id')];
    const request = backendRequest(this.#target, 'GET', '/api/v1/public/org', undefined, { 'x-api-key': token, 'x-org-slug': slug });
    const storm: Storm = { calls: [], request, about: keyId, begun: 0, isOver: false };
    const calling = this.#connections.map((connection, index) => this.#call(connection, `server ${String(index)}`, storm));
    try {
      await Promise.race([this.#until(storm, this.#random.integer(CALLS_BEFORE)), allToTheirEnd(calling)]);
      const invokedAt = performance.now();
      await this.#revoke(keyId);
      storm.calls.push({ op: 'deny', about: keyId, by: 'owner', outcome: 'done', invokedAt, completedAt: performance.now() });
      await Promise.race([this.#until(storm, storm.begun + 2 * CONNECTIONS), allToTheirEnd(calling)]);
    } finally {
      storm.isOver = true;
      await Promise.allSettled(calling);
    }
    await allToTheirEnd(calling);
    this.#judge(storm);
  }

  /** Half of them as the organization's owner, half as the operator's server does. */
  async #revoke(keyId: string): Promise<void> {
    if (this.#random.integer(2) === 0) await this.#asOwner('DELETE', `${ORG_KEYS}/${keyId}`);
    else await this.#client.done('DELETE', `${V1}/end_user_api_keys/${keyId.replace('key_', '')}`);
  }

  async #call(connection: HttpConnection, by: string, storm: Storm): Promise<void> {
    while (!storm.isOver && storm.begun < MOST_CALLS) {
      storm.begun += 1;
      storm.calls.push(this.#judged(storm.about, by, await connection.exchange(storm.request)));
    }
  }

  #judged(about: string, by: string, { status, text, invokedAt, completedAt }: TimedAnswer): Call {
    const known = { 200: 'done', 401: 'refused', 503: 'undecided', 0: 'undecided' } as const;
    const outcome = status in known ? known[status as keyof typeof known] : 'unexpected';
    return {
      op: 'validate',
      about,
      by,
      outcome,
      invokedAt,
      completedAt,
      ...(outcome === 'unexpected' ? { detail: `${String(status)} ${text}`.slice(0, 300) } : {}),
    };
  }

  async #until({ calls }: Storm, count: number): Promise<void> {
    while (calls.length < count)
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
  }

  #judge({ calls, about }: Storm): void {
    const violations = violationsOf(about, new Map([[about, 'for good']]), calls);
    if (violations.length > 0) throw new Error(`organization key: ${reportOf(violations, calls, this.#seed)}`);
    const [denial] = calls.filter(({ op }) => op === 'deny');
    if (denial === undefined) throw new Error('The key was not revoked.');
    const validations = calls.filter(({ op }) => op === 'validate');
    this.numbers.keys += 1;
    this.numbers.calls += validations.length;
    this.numbers.racing += validations.filter((call) => racesWith(call, [denial])).length;
    this.numbers.begunAfterEnd += validations.filter(({ invokedAt }) => invokedAt > denial.completedAt).length;
  }

  async #newOwner(): Promise<{ readonly slug: string; readonly accessToken: string }> {
    const client = this.#client;
    const orgId = await client.createOrg();
    const userId = await client.createUser();
    await client.done('POST', `${V1}/org/add_user`, { user_id: userId, org_id: orgId, role: 'Owner' });
    const slug = textAt(await client.done('GET', `${V1}/org/${orgId}`), 'url_safe_org_slug');
    const { access_token: accessToken } = (await client.done('POST', `${V1}/access_token`, { user_id: userId, duration_in_minutes: 60 })) as {
      readonly access_token: string;
    };
    return { slug, accessToken };
  }

  async #asOwner(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    const { slug, accessToken } = await this.#owner;
    const { status, text } = await this.#ownersConnection.exchange(
      backendRequest({ ...this.#target, backendKey: accessToken }, method, path, body, { 'x-org-slug': slug }),
    );
    if (status !== 200 && status !== 201) throw new Error(`${method} ${path} answered ${String(status)} ${text}`);
    const parsed: unknown = JSON.parse(text);
    return parsed;
  }
}
