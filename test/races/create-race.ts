import { type Call, violationsOf } from '@test/support/races/history.js';
import { after, allToTheirEnd, turns } from '@test/support/races/in-lanes.js';
import { RaceClient } from '@test/support/races/race-client.js';
import type { Target } from '@test/support/clients/connected-backend-api.js';
import { causesOf, type Denial, type KeyKind, type Owner, type RaceKey, refusedField } from '@test/support/races/race-keys.js';
import type { SeededRandom } from '@test/support/random/seeded-random.js';
import { reportOf } from '@test/support/races/timeline.js';

export interface CreateCounts {
  rounds: number;
  made: number;
  refused: number;
  madeThenDenied: number;
  validations: number;
}

export const noCounts = (): CreateCounts => ({ rounds: 0, made: 0, refused: 0, madeThenDenied: 0, validations: 0 });

interface Attempt {
  readonly kind: KeyKind;
  readonly creation: Call;
  readonly key: RaceKey | null;
}

/** Which keys are made while the denial is under way: some that it covers, and one that it must not touch. */
const KINDS: Readonly<Record<Denial, readonly KeyKind[]>> = {
  revoke: [],
  block: ['personal', 'member', 'organization'],
  'delete user': ['personal', 'member', 'organization'],
  leave: ['member', 'member', 'personal'],
  'delete org': ['organization', 'member', 'personal'],
};

const LATE_KIND: Readonly<Record<Denial, KeyKind>> = {
  revoke: 'generic',
  block: 'personal',
  'delete user': 'personal',
  leave: 'member',
  'delete org': 'organization',
};

const MOST_TURNS = 10;

/** Creations that race one denial of what they need, again and again, with one client for each of them. */
export class CreateRace {
  readonly counts = noCounts();
  readonly #random: SeededRandom;
  readonly #seed: number;
  readonly #denier: RaceClient;
  readonly #creators: readonly RaceClient[];
  readonly #validators: readonly RaceClient[];
  /** How much later the denial begins than the creations, which have a longer way. */
  #headStartMs = 0;
  #sharedOrgId = '';
  #sharedOrgUses = 0;

  constructor(target: Target, lane: number, random: SeededRandom, seed: number) {
    this.#random = random;
    this.#seed = seed;
    const clients = (what: string): readonly RaceClient[] => [1, 2, 3, 4].map((each) => new RaceClient(target, `${what} ${String(lane)}.${String(each)}`));
    this.#denier = new RaceClient(target, `denier ${String(lane)}`);
    this.#creators = clients('creator');
    this.#validators = clients('checker');
  }

  close(): void {
    for (const client of [this.#denier, ...this.#creators, ...this.#validators]) client.close();
  }

  /** Rejects with the timeline of the key when its history is wrong. */
  async round(denial: Denial): Promise<void> {
    const owner = await this.#newOwner(denial);
    const withUser = this.#random.integer(2) === 0;
    const kinds = withUser || denial !== 'block' ? KINDS[denial] : (['personal', 'personal', 'personal'] as const);
    const attempts: Attempt[] = [];
    const calls: Call[] = [];
    const late: Attempt[] = [];
    await allToTheirEnd([
      ...kinds.map((kind, index) => this.#create(index, kind, owner, denial, attempts, calls)),
      after(this.#headStartMs, this.#random.integer(MOST_TURNS)).then(async () => {
        calls.push(...(await this.#deny(denial, owner, attempts)));
      }),
    ]);
    // One more, which must be refused for sure.
    await this.#create(0, LATE_KIND[denial], owner, denial, late, calls);
    attempts.push(...late);
    for (const each of [0, 1]) calls.push(...(await this.#validateAll(attempts, each)));
    this.#balance(attempts.slice(0, -late.length));
    this.#judge(denial, owner, attempts, calls);
  }

  /** Keeps both outcomes about as frequent, on a fast machine and on a slow one: that is where the race is. */
  #balance(attempts: readonly Attempt[]): void {
    const refused = attempts.filter(({ key }) => key === null).length;
    if (refused === 0) this.#headStartMs = Math.max(0, this.#headStartMs - 0.5);
    else if (2 * refused >= attempts.length) this.#headStartMs += 0.5;
  }

  async #create(index: number, kind: KeyKind, owner: Owner, denial: Denial, attempts: Attempt[], calls: Call[]): Promise<void> {
    const creator = this.#creators[index];
    if (creator === undefined) throw new Error('Fewer clients than keys.');
    await turns(this.#random.integer(MOST_TURNS));
    const { call: creation, key } = await creator.create(kind, owner, [refusedField(kind, denial)]);
    attempts.push({ kind, creation, key });
    calls.push(creation);
    if (key !== null) calls.push(await creator.validateKey(key));
  }

  /** With a validation of every key known by then, begun at the acknowledgement: the earliest that must be refused. */
  async #deny(denial: Denial, owner: Owner, attempts: readonly Attempt[]): Promise<readonly Call[]> {
    const denied = await this.#denier.deny(denial, '', owner);
    if (!denied.detail?.startsWith('200')) throw new Error(`${denial} answered ${String(denied.detail)}`);
    return [denied, ...(await this.#validateAll(attempts, 0))];
  }

  #validateAll(attempts: readonly Attempt[], shift: number): Promise<readonly Call[]> {
    const keys = attempts.flatMap(({ key }) => (key === null ? [] : [key]));
    return Promise.all(keys.flatMap((key, index) => this.#validators[(index + shift) % this.#validators.length]?.validateKey(key) ?? []));
  }

  #judge(denial: Denial, owner: Owner, attempts: readonly Attempt[], calls: readonly Call[]): void {
    const denied = calls.find(({ op }) => op === 'deny');
    for (const { kind, creation, key } of attempts) {
      const causes = causesOf(kind, creation.about, owner);
      const own = calls.filter((call) => call.op === 'deny' || call.about === creation.about);
      const violations = violationsOf(creation.about, causes, own);
      if (violations.length > 0) throw new Error(`create against ${denial}: ${reportOf(violations, own, this.#seed)}`);
      const isCovered = denied !== undefined && causes.has(denied.about);
      this.counts.made += key === null ? 0 : 1;
      this.counts.refused += creation.outcome === 'refused' ? 1 : 0;
      this.counts.madeThenDenied += key !== null && isCovered ? 1 : 0;
    }
    this.counts.rounds += 1;
    this.counts.validations += calls.filter(({ op }) => op === 'validate').length;
  }

  async #newOwner(denial: Denial): Promise<Owner> {
    const client = this.#denier;
    // An organization is used again, unless it ends; not forever, because its history grows with its members.
    if (this.#sharedOrgUses % 50 === 0 || denial === 'delete org') this.#sharedOrgId = await client.createOrg();
    this.#sharedOrgUses = denial === 'delete org' ? 0 : this.#sharedOrgUses + 1;
    const orgId = this.#sharedOrgId;
    return { userId: await client.newMember(orgId), orgId };
  }
}
