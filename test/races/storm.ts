import type { Call } from '@test/support/races/history.js';
import { allToTheirEnd } from '@test/support/races/in-lanes.js';
import type { KeyLife } from './key-life.js';
import { LifeSource, type PlannedLife } from './life-source.js';
import { RaceClient } from '@test/support/races/race-client.js';
import type { Target } from '@test/support/clients/connected-backend-api.js';
import type { Denial } from '@test/support/races/race-keys.js';
import { SeededRandom } from '@test/support/random/seeded-random.js';

export interface StormSize {
  readonly lanes: number;
  readonly connectionsPerLane: number;
  readonly racingValidations: number;
}

export interface StormNumbers {
  keys: number;
  validations: number;
  /** Under way at the same time as a denial of their key. */
  racing: number;
  /** Of their own key's denial: those that could have been wrong. */
  begunAfterDenial: number;
  valid: number;
  refused: number;
  undecided: number;
}

const noNumbers = (): StormNumbers => ({ keys: 0, validations: 0, racing: 0, begunAfterDenial: 0, valid: 0, refused: 0, undecided: 0 });

/** Dead keys that go on being asked: what is dead must stay dead. */
const GRAVES = 500;
/** One validation in so many. */
const ASKED_OF_THE_DEAD = 12;

class Lane {
  readonly #storm: Storm;
  readonly #random: SeededRandom;
  readonly #sources: readonly LifeSource[];
  readonly #deniers: readonly RaceClient[];
  readonly #validators: readonly RaceClient[];
  readonly #graves: KeyLife[] = [];
  #current: KeyLife | null = null;
  #isOver = false;

  constructor(storm: Storm, target: Target, number: number, connections: number, seed: number) {
    this.#storm = storm;
    const random = (part: number): SeededRandom => new SeededRandom(seed * 10_000 + number * 100 + part);
    this.#random = random(0);
    this.#sources = [1, 2, 3].map((each) => new LifeSource(target, `setter-up ${String(number)}.${String(each)}`, random(each)));
    this.#deniers = [1, 2].map((each) => new RaceClient(target, `denier ${String(number)}.${String(each)}`));
    this.#validators = Array.from({ length: connections }, (_, each) => new RaceClient(target, `storm ${String(number)}.${String(each)}`));
  }

  async run(): Promise<void> {
    // Made ahead, so that the storm has not to wait for its next key: the more of the time a denial is under way, the better.
    const planned = this.#sources.map((source) => ({ source, next: source.next() }));
    for (const { next } of planned) next.catch(() => {});
    try {
      const first = await planned[0]?.next;
      this.#current = first?.life ?? null;
      // The validators end when the last life has ended, not before: it waits for them.
      const validating = Promise.all(this.#validators.map((client) => this.#validate(client)));
      await Promise.race([this.#liveOneAfterTheOther(planned), validating]);
      await validating;
      await Promise.all(planned.map(({ next }) => next));
      for (const life of this.#graves) this.#judge(life);
    } finally {
      this.#isOver = true;
      this.#storm.end();
      for (const client of [...this.#sources, ...this.#deniers, ...this.#validators]) client.close();
    }
  }

  async #liveOneAfterTheOther(planned: { readonly source: LifeSource; next: Promise<PlannedLife> }[]): Promise<void> {
    for (let turn = 0; !this.#storm.isOver; turn += 1) {
      const slot = planned[turn % planned.length];
      if (slot === undefined) throw new Error('No lane makes keys.');
      const life = await slot.next;
      slot.next = slot.source.next();
      slot.next.catch(() => {});
      await this.#live(life);
    }
    this.#isOver = true;
  }

  async #live({ life, denials, validationsBefore }: PlannedLife): Promise<void> {
    this.#current = life;
    await life.validations(validationsBefore);
    await Promise.all(denials.map((denial, index) => this.#deny(life, denial, index)));
    if (!life.denials.some(({ detail }) => detail?.startsWith('200')))
      throw new Error(`The key was not ended: ${life.denials.map(({ detail }) => detail).join('; ')}`);
    // By then every connection has begun one after the acknowledgement; the rest of the answers is judged with the dead.
    await life.validations(this.#validators.length / 2);
    this.#current = null;
    this.#storm.numbers.keys += 1;
    this.#judge(life);
    this.#bury(life);
  }

  async #deny(life: KeyLife, denial: Denial, index: number): Promise<void> {
    const client = this.#deniers[index];
    if (client !== undefined) life.denied(await client.deny(denial, life.key.id, life.key.owner));
  }

  async #validate(client: RaceClient): Promise<void> {
    while (!this.#isOver) {
      const life = this.#asked();
      const answer = await client.presented(life.key);
      life.validated(client.judged(life.key, answer));
    }
  }

  #asked(): KeyLife {
    const isForTheDead = this.#current === null || this.#random.integer(ASKED_OF_THE_DEAD) === 0;
    if (isForTheDead && this.#graves.length > 0) return this.#random.pick(this.#graves);
    if (this.#current === null) throw new Error('No key to ask for.');
    return this.#current;
  }

  #bury(life: KeyLife): void {
    this.#graves.push(life);
    if (this.#graves.length <= GRAVES) return;
    const oldest = this.#graves.shift();
    if (oldest !== undefined) this.#judge(oldest);
  }

  #judge(life: KeyLife): void {
    this.#storm.count(life, life.judge(this.#storm.seed));
  }
}

/**
 * Keys are made, validated on many keep-alive connections, denied in all ways and validated on, until enough validations have raced a
 * denial of their key. Rejects with the timeline of the first key whose history is wrong.
 */
export class Storm {
  readonly numbers = noNumbers();
  readonly #size: StormSize;
  readonly #onProgress: (numbers: StormNumbers) => void;
  #ended = false;

  constructor(
    size: StormSize,
    readonly seed: number,
    onProgress: (numbers: StormNumbers) => void,
  ) {
    this.#size = size;
    this.#onProgress = onProgress;
  }

  get isOver(): boolean {
    return this.#ended || this.numbers.racing >= this.#size.racingValidations;
  }

  end(): void {
    this.#ended = true;
  }

  async run(target: Target): Promise<StormNumbers> {
    const lanes = Array.from({ length: this.#size.lanes }, (_, number) => new Lane(this, target, number, this.#size.connectionsPerLane, this.seed));
    await allToTheirEnd(lanes.map((lane) => lane.run()));
    return this.numbers;
  }

  count(life: KeyLife, validations: readonly Call[]): void {
    const outcomes = (wanted: Call['outcome']): number => validations.filter(({ outcome }) => outcome === wanted).length;
    this.numbers.validations += validations.length;
    this.numbers.racing += life.racing(validations);
    this.numbers.begunAfterDenial += life.beganAfterAcknowledgement(validations);
    this.numbers.valid += outcomes('done');
    this.numbers.refused += outcomes('refused');
    this.numbers.undecided += outcomes('undecided');
    this.#onProgress(this.numbers);
  }
}
