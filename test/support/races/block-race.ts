import { KEYS, V1 } from '../clients/backend-api.js';
import type { Span } from './history.js';
import { after, allToTheirEnd } from './in-lanes.js';
import type { Target } from '../clients/connected-backend-api.js';
import type { TimedAnswer } from '../clients/http-connection.js';
import { type ConcurrentHistory, linearize, linearizeAtomic } from './linearize.js';
import { RaceClient } from './race-client.js';
import type { Owner, RaceKey } from './race-keys.js';
import { SeededRandom } from '../random/seeded-random.js';
import { type KeyLook, type UserStep, userModel } from './user-model.js';

export interface BlockNumbers {
  rounds: number;
  commands: number;
  validations: number;
  undecided: number;
  /** The user was free again in the end, or not. */
  endedFree: number;
  endedBlocked: number;
  /** Not even two validations of a round saw the changes in different orders. Not promised: a later validation may see an earlier state. */
  atomic: number;
}

export const noBlockNumbers = (): BlockNumbers => ({ rounds: 0, commands: 0, validations: 0, undecided: 0, endedFree: 0, endedBlocked: 0, atomic: 0 });

type Timed<What> = What & Span & { readonly by: string };
type History = ConcurrentHistory<UserStep, KeyLook>;

const COMMANDS_EACH = 3;
const ROUNDS_OF_AN_ORG = 50;
const MOST_TURNS = 12;
const MOST_PAUSE_MS = 4;
/** The search looks at every one of them; more would cost time and show nothing new. */
const MOST_LOOKS = 80;

/** The calls of one round, by the names that the model has for its keys. */
class Round {
  readonly steps: Timed<{ readonly step: UserStep; readonly lost: boolean }>[] = [];
  readonly looks: Timed<{ readonly look: KeyLook }>[] = [];
  readonly keys = new Map<string, RaceKey>();
  undecided = 0;

  constructor(readonly owner: Owner) {}

  stepped(client: RaceClient, answer: TimedAnswer, step: UserStep): void {
    const lost = answer.status === 503 || answer.status === 0;
    if (lost) this.undecided += 1;
    this.steps.push({ step, lost, by: client.name, invokedAt: answer.invokedAt, completedAt: answer.completedAt });
  }

  async look(client: RaceClient, name: string, key: RaceKey): Promise<void> {
    const { outcome, detail, invokedAt, completedAt } = await client.validateKey(key);
    if (outcome === 'unexpected') throw new Error(`A validation answered ${String(detail)}`);
    if (outcome === 'undecided') this.undecided += 1;
    else this.looks.push({ look: { key: name, valid: outcome === 'done' }, by: client.name, invokedAt, completedAt });
  }

  get timeline(): string {
    const from = Math.min(...this.steps.map(({ invokedAt }) => invokedAt));
    const line = ({ by, invokedAt, completedAt }: Timed<object>, what: string): string =>
      `${[invokedAt, completedAt].map((time) => (time - from).toFixed(3).padStart(9)).join(' – ')} ms  ${by.padEnd(14)} ${what}`;
    return [...this.steps, ...this.looks]
      .toSorted((left, right) => left.invokedAt - right.invokedAt)
      .map((timed) => line(timed, 'step' in timed ? JSON.stringify(timed.step) + (timed.lost ? ' (undecided)' : '') : JSON.stringify(timed.look)))
      .join('\n');
  }
}

/**
 * Three clients block, block and unblock one user, a fourth makes keys and deletes some, and others validate all of them meanwhile and
 * afterwards. Every answer must be explained by one order of the commands.
 */
export class BlockRace {
  readonly numbers = noBlockNumbers();
  readonly #random: SeededRandom;
  readonly #seed: number;
  readonly #reinstate: boolean;
  readonly #setterUp: RaceClient;
  readonly #clients: readonly RaceClient[];
  readonly #validators: readonly RaceClient[];
  #orgId = '';

  constructor(target: Target, lane: number, reinstateKeysOnUnblock: boolean, seed: number) {
    this.#seed = seed;
    this.#reinstate = reinstateKeysOnUnblock;
    this.#random = new SeededRandom(seed * 100 + lane);
    this.#setterUp = new RaceClient(target, `setter-up ${String(lane)}`);
    this.#clients = [1, 2, 3, 4].map((each) => new RaceClient(target, `client ${String(lane)}.${String(each)}`));
    this.#validators = [1, 2, 3].map((each) => new RaceClient(target, `checker ${String(lane)}.${String(each)}`));
  }

  close(): void {
    for (const client of [this.#setterUp, ...this.#clients, ...this.#validators]) client.close();
  }

  /** Rejects with the whole round when no order explains it. */
  async run(): Promise<void> {
    const round = await this.#newRound();
    let isOver = false;
    const validating = this.#validators.map(async (client) => {
      while (!isOver && round.looks.length < MOST_LOOKS) await round.look(client, ...this.#random.pick([...round.keys]));
    });
    const [first, second, third, fourth] = this.#clients;
    if (first === undefined || second === undefined || third === undefined || fourth === undefined) throw new Error('Four clients are needed.');
    try {
      await allToTheirEnd([
        this.#asks(round, first, ['block', 'block', 'unblock']),
        this.#asks(round, second, ['block', 'block', 'unblock']),
        this.#asks(round, third, ['unblock', 'unblock', 'block']),
        this.#changesKeys(round, fourth),
      ]);
    } finally {
      isOver = true;
      await Promise.allSettled(validating);
    }
    await Promise.all(validating);
    // Nothing is under way any more: what is seen now is what came of it.
    const last = round.looks.length;
    for (const client of this.#validators) for (const [name, key] of round.keys) await round.look(client, name, key);
    this.#judge(
      round,
      round.looks.slice(last).some(({ look }) => look.valid),
    );
  }

  async #newRound(): Promise<Round> {
    const client = this.#setterUp;
    if (this.numbers.rounds % ROUNDS_OF_AN_ORG === 0) this.#orgId = await client.createOrg();
    const round = new Round({ userId: await client.newMember(this.#orgId), orgId: this.#orgId });
    for (const kind of ['personal', 'member'] as const) {
      const { key } = await client.newKey(kind, round.owner);
      round.keys.set(kind, key);
      // Half of the keys are in memory when it begins, half are looked up for the first time in the crowd.
      if (this.#random.integer(2) === 0 && (await client.validateKey(key)).outcome !== 'done') throw new Error(`A new ${kind} key is not valid.`);
    }
    return round;
  }

  /** One after the other, so that the later ones come after some of what the others do, and not only beside it. */
  async #asks(round: Round, client: RaceClient, mostly: readonly ('block' | 'unblock')[]): Promise<void> {
    for (let each = 0; each < COMMANDS_EACH; each += 1) {
      const does = this.#random.pick(mostly);
      await this.#pause();
      const answer = await client.call('POST', `${V1}/user/${round.owner.userId}/${does === 'block' ? 'disable' : 'enable'}`);
      if (![200, 503, 0].includes(answer.status)) throw new Error(`${does} answered ${String(answer.status)} ${answer.text}`);
      round.stepped(client, answer, { does, outcome: 'done' });
    }
  }

  async #changesKeys(round: Round, client: RaceClient): Promise<void> {
    for (let each = 0; each < COMMANDS_EACH; each += 1) {
      await this.#pause();
      if (this.#random.integer(3) === 0) await this.#revokes(round, client, this.#random.pick([...round.keys.keys()]));
      else await this.#creates(round, client, `new-${String(each)}`);
    }
  }

  #pause(): Promise<void> {
    return after(this.#random.integer(MOST_PAUSE_MS), this.#random.integer(MOST_TURNS));
  }

  async #creates(round: Round, client: RaceClient, name: string): Promise<void> {
    const kind = this.#random.pick(['personal', 'member'] as const);
    const { call, key } = await client.create(kind, round.owner, ['user_id']);
    if (call.outcome === 'unexpected') throw new Error(`A creation answered ${String(call.detail)}`);
    const lost = call.outcome === 'undecided';
    const { invokedAt, completedAt } = call;
    round.steps.push({
      step: { does: 'create', key: name, kind, outcome: call.outcome === 'refused' ? 'refused' : 'done' },
      lost,
      by: client.name,
      invokedAt,
      completedAt,
    });
    if (key !== null) round.keys.set(name, key);
  }

  async #revokes(round: Round, client: RaceClient, name: string): Promise<void> {
    const answer = await client.call('DELETE', `${KEYS}/${round.keys.get(name)?.id ?? ''}`);
    if (![200, 404, 503, 0].includes(answer.status)) throw new Error(`Deleting a key answered ${String(answer.status)} ${answer.text}`);
    round.stepped(client, answer, { does: 'revoke', key: name, outcome: answer.status === 404 ? 'not found' : 'done' });
  }

  #judge(round: Round, endedFree: boolean): void {
    const { steps, looks, undecided } = round;
    const model = userModel({ blocked: false, keys: { personal: 'personal', member: 'member' } }, { reinstateKeysOnUnblock: this.#reinstate });
    const history: History = { steps, looks };
    if (linearize(model, history) === null) {
      throw new Error(
        `No order of the commands explains this round (keys come back: ${String(this.#reinstate)}, seed ${String(this.#seed)}):\n${round.timeline}`,
      );
    }
    const { numbers } = this;
    numbers.rounds += 1;
    numbers.commands += steps.length;
    numbers.validations += looks.length;
    numbers.undecided += undecided;
    numbers[endedFree ? 'endedFree' : 'endedBlocked'] += 1;
    if (linearizeAtomic(model, history) !== null) numbers.atomic += 1;
  }
}
