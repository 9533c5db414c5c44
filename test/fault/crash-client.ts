import { type Answer, at, BackendApi, isObject, objectOf } from '@test/support/clients/backend-api.js';
import { type Asker, type Attempt, Attempts, type Made } from './crash-attempts.js';
import type { SeededRandom } from '@test/support/random/seeded-random.js';
import { type CrashKey, isDead, World } from './crash-world.js';

/** The server is gone: what was asked may or may not have taken place. */
export class Killed extends Error {}

/** Two requests at once under one Idempotency-Key are one command. */
const TWICE = 0.15;

type Choice = readonly [weight: number, make: () => Attempt | null];

/** Asks one thing after another, of what it made itself, and remembers what it was told. */
export class CrashClient {
  readonly world = new World();
  /** Not answered before the kill. */
  pending: Attempt | null = null;
  readonly #attempts: Attempts;
  #ops = 0;

  constructor(
    private readonly name: string,
    private readonly random: SeededRandom,
    asker: Asker,
  ) {
    this.#attempts = new Attempts(this.world, asker);
  }

  /** Goes on until the server is killed. */
  async load(api: BackendApi, onAnswer: () => void): Promise<void> {
    for (;;) {
      await this.ask(api, this.#next());
      onAnswer();
    }
  }

  async ask(api: BackendApi, attempt: Attempt): Promise<void> {
    this.pending = attempt;
    const times = attempt.on === null && this.random.chance(TWICE) ? 2 : 1;
    const tries = await Promise.allSettled(Array.from({ length: times }, () => send(api, attempt)));
    const answers = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const first = answers.find(({ status }) => status === attempt.firstStatus);
    const others = answers.filter((answer) => answer !== first);
    const mayRepeat = times === 2 || answers.some(({ undecidedBefore }) => undecidedBefore);
    if (others.some(({ status }) => !mayRepeat || status !== attempt.againStatus)) throw unexpected(attempt, answers, attempt.firstStatus);
    const answer = first ?? others[0];
    if (answer === undefined) throw new Killed();
    this.settle(attempt, answer);
  }

  /** After a restart, what was not answered is asked for again. `inLog`: what the log says had been made or done by then. */
  async askAgain(api: BackendApi, attempt: Attempt, inLog: { readonly id: string } | null): Promise<void> {
    const answer = await send(api, attempt);
    const expected = inLog === null && !answer.undecidedBefore ? attempt.firstStatus : attempt.againStatus;
    if (answer.status !== expected && !(answer.undecidedBefore && answer.status === attempt.firstStatus)) throw unexpected(attempt, [answer], expected);
    if (inLog !== null && attempt.on === null && madeBy(answer)?.id !== inLog.id)
      throw new Error(`${attempt.what} was made as ${inLog.id}; asked again it answers ${shown(answer)}`);
    this.settle(attempt, answer);
  }

  settle(attempt: Attempt, answer: Answer): void {
    attempt.took(attempt.on === null ? madeBy(answer) : null);
    this.pending = null;
  }

  #next(): Attempt {
    for (;;) {
      const attempt = weighted(this.#choices(), this.random)();
      if (attempt !== null) return attempt;
    }
  }

  #op(): string {
    this.#ops += 1;
    return `${this.name}-${this.#ops}`;
  }

  #choices(): readonly Choice[] {
    const { world, random } = this;
    const [user, org, key] = [random.pickOrNull(world.livingUsers()), random.pickOrNull(world.livingOrgs()), random.pickOrNull(world.keys)];
    const [make, op] = [this.#attempts, this.#op()];
    return [
      [12, () => make.createUser(op)],
      [5, () => make.createOrg(op)],
      [30, () => this.#newKey(op)],
      [6, () => user && make.updateUser(op, user)],
      [7, () => user && make.block(user)],
      [8, () => (user?.blocked === true ? make.unblock(user) : null)],
      [3, () => user && make.deleteUser(user)],
      [3, () => org && make.updateOrg(op, org)],
      [2, () => org && make.deleteOrg(org)],
      [8, () => (user === null || org === null || user.orgs.has(org) ? null : make.join(user, org))],
      [4, () => (user === null || org === null || !user.orgs.has(org) ? null : make.leave(user, org))],
      [10, () => (key === null || isDead(key) ? null : make.updateKey(op, key))],
      [12, () => key && make.revoke(key)],
    ];
  }

  /** Of every kind: generic, of a user, of an organization, and of an organization for one of its members. */
  #newKey(op: string): Attempt {
    const { world, random } = this;
    const user = random.chance(0.7) ? random.pickOrNull(world.livingUsers().filter(({ blocked }) => !blocked)) : null;
    if (user !== null && random.chance(0.6)) return this.#attempts.createKey(op, user, null);
    const org = random.pickOrNull(user === null ? world.livingOrgs() : [...user.orgs].filter(({ deleted }) => !deleted));
    return this.#attempts.createKey(op, org === null ? null : user, random.chance(0.8) ? org : null);
  }
}

interface Decided extends Answer {
  /** A 503 came first: what was asked may have taken place then. */
  readonly undecidedBefore: boolean;
}

const UNDECIDED_MS = 20_000;

/** A 503 says nothing, and is asked again: on a machine that is busy enough it may come. */
const decided = async (ask: () => Promise<Answer>): Promise<Decided> => {
  for (let undecidedBefore = false, until = performance.now() + UNDECIDED_MS; ; undecidedBefore = true) {
    const answer = await ask().catch(() => {
      throw new Killed();
    });
    if (answer.status !== 503 || performance.now() > until) return { ...answer, undecidedBefore };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

const send = (api: BackendApi, { call: { method, path, body, idempotencyKey } }: Attempt): Promise<Decided> =>
  decided(() => api.call(method, path, body, idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }));

const madeBy = (answer: Answer): Made | null => {
  const made = objectOf(answer);
  const id = made['api_key_id'] ?? made['user_id'] ?? made['org_id'];
  const token = made['api_key_token'];
  return typeof id === 'string' ? { id, token: typeof token === 'string' ? token : null } : null;
};

/** What an answer was, for a message: never a token. */
const shown = ({ status, text }: Answer): string => `${status} ${text.replace(/("api_key_token":")[^"]*/, '$1…')}`;

const unexpected = ({ what }: Attempt, answers: readonly Answer[], expected: number): Error =>
  new Error(`${what} answered ${answers.map(shown).join(' and at once ')} instead of ${expected}`);

const weighted = (choices: readonly Choice[], random: SeededRandom): (() => Attempt | null) => {
  let left = random.next() * choices.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, make] of choices) {
    left -= weight;
    if (left < 0) return make;
  }
  return () => null;
};

/** What a validation says of a key of which everything is certain. */
export const validityProblem = async (api: BackendApi, key: CrashKey): Promise<string | null> => {
  if (key.token === null) return null;
  const { token } = key;
  const answer = await decided(() => api.validate(token));
  if (isDead(key)) return answer.status === 400 ? null : `${key.tag} (${key.facts.join(', ')}) was denied, and validates with ${shown(answer)}`;
  if (answer.status !== 200) return `${key.tag} (${key.facts.join(', ')}) is alive, and validates with ${shown(answer)}`;
  const body: unknown = JSON.parse(answer.text);
  const op = isObject(body) ? at(body, 'metadata', 'op') : undefined;
  return op === key.metadata['op'] ? null : `${key.tag} (${key.facts.join(', ')}) validates with ${shown(answer)} instead of ${JSON.stringify(key.metadata)}`;
};
