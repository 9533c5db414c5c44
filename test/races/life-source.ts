import { KeyLife } from './key-life.js';
import { RaceClient } from '@test/support/races/race-client.js';
import type { Target } from '@test/support/clients/connected-backend-api.js';
import { type Denial, endsKey, KEY_KINDS, type KeyKind, type Owner } from '@test/support/races/race-keys.js';
import type { SeededRandom } from '@test/support/random/seeded-random.js';

/** A life and how it is to end: by these denials at once, after so many validations. */
export interface PlannedLife {
  readonly life: KeyLife;
  readonly denials: readonly Denial[];
  readonly validationsBefore: number;
}

/** Two at once: one of them is mostly answered by the 404 of a repetition, which must be as true as a 200. */
const ENDS: readonly (readonly Denial[])[] = [
  ['revoke'],
  ['block'],
  ['delete user'],
  ['leave'],
  ['delete org'],
  ['revoke', 'revoke'],
  ['block', 'block'],
  ['delete user', 'delete user'],
  ['block', 'revoke'],
  ['delete user', 'leave'],
];

const MOST_VALIDATIONS_BEFORE = 24;
const USES_OF_AN_ORG = 50;

/** Makes keys of all kinds, each with an owner that its end leaves behind. */
export class LifeSource {
  readonly #client: RaceClient;
  readonly #random: SeededRandom;
  #orgId = '';
  #orgUses = 0;

  constructor(target: Target, name: string, random: SeededRandom) {
    this.#client = new RaceClient(target, name);
    this.#random = random;
  }

  close(): void {
    this.#client.close();
  }

  async next(): Promise<PlannedLife> {
    const denials = this.#random.pick(ENDS);
    const kind = this.#random.pick(KEY_KINDS.filter((each) => denials.every((denial) => endsKey(each, denial))));
    const owner = await this.#newOwner(kind, denials);
    const { key, call } = await this.#client.newKey(kind, owner);
    // A quarter is denied while no node has ever seen it: then the denial races the first look-up.
    const validationsBefore = this.#random.integer(4) === 0 ? 0 : this.#random.integer(MOST_VALIDATIONS_BEFORE);
    return { life: new KeyLife(key, call), denials, validationsBefore };
  }

  async #newOwner(kind: KeyKind, denials: readonly Denial[]): Promise<Owner> {
    if (kind === 'generic') return { userId: 'nobody', orgId: 'nowhere' };
    if (kind === 'personal') return { userId: await this.#client.createUser(), orgId: 'nowhere' };
    const orgId = await this.#org(denials.includes('delete org'));
    return { orgId, userId: kind === 'member' ? await this.#client.newMember(orgId) : 'nobody' };
  }

  /** Not forever the same, because its history grows with its members; and not one that others still need when it is to end. */
  async #org(ends: boolean): Promise<string> {
    if (ends) return this.#client.createOrg();
    if (this.#orgUses % USES_OF_AN_ORG === 0) this.#orgId = await this.#client.createOrg();
    this.#orgUses += 1;
    return this.#orgId;
  }
}
