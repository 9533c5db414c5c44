import { HttpConnection } from '@test/support/clients/http-connection.js';
import { type Target, validateRequest } from '@test/support/clients/connected-backend-api.js';
import type { SeededRandom } from '@test/support/random/seeded-random.js';
import { CommandClient } from './command-client.js';
import type { Ledger } from './ledger.js';
import type { NatsValidator } from './nats-validator.js';
import { answeredWith, type ObservedKey } from './observed-key.js';
import type { Violations } from './violations.js';
import { EndUsers, type EndUserTargets } from './end-users.js';
import { World } from './world.js';

export interface LoadTargets extends EndUserTargets {
  readonly gateway: Target;
  /** The processes that validate, by name. */
  readonly nodes: ReadonlyMap<string, Target>;
  readonly messages: NatsValidator;
}

export interface LoadNumbers {
  validations: number;
  valid: number;
  refused: number;
  undecided: number;
  /** Began within 50 ms after a change of their key was acknowledged: those that are most likely to be wrong. */
  rightAfter: number;
  changes: number;
  denials: number;
  longestDenialMs: number;
}

const LANES = 2;
const STEPS_OF_A_WORLD = 25;
/** Of a lane: those that are over are still asked for, what is dead must stay dead. */
const WORLDS_KEPT = 4;
const GRAVES_KEPT = 30;
const MOST_POOLED = 6;
const CONNECTIONS_PER_NODE = 2;
/** Each change is a commit, and the store of a machine without MongoDB reads the whole log for many a question. */
const STEP_PAUSE_MS = [100, 400] as const;
const VALIDATION_PAUSE_MS = [10, 40] as const;
const RIGHT_AFTER_MS = 50;
/** Asked for in most cases while it lasts. */
const HOT_MS = 400;

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Everything that clients do while faults come and go. It runs until `end`; each answer is judged when it is there. */
export class Load {
  readonly numbers: LoadNumbers = { validations: 0, valid: 0, refused: 0, undecided: 0, rightAfter: 0, changes: 0, denials: 0, longestDenialMs: 0 };
  readonly clients: CommandClient[] = [];
  readonly #targets: LoadTargets;
  readonly #random: SeededRandom;
  readonly #ledger: Ledger;
  readonly #violations: Violations;
  readonly #lanes: World[][] = [];
  readonly #pool: World[] = [];
  readonly #borrowed = new Set<World>();
  readonly #bursts: { readonly target: Target; readonly name: string; readonly connection: HttpConnection; isBusy: boolean }[] = [];
  readonly #connections: HttpConnection[] = [];
  readonly endUsers: EndUsers;
  readonly #running = new Set<Promise<void>>();
  #isOver = false;
  #isHeld = false;
  #acting = 0;

  constructor(targets: LoadTargets, random: SeededRandom, ledger: Ledger, violations: Violations) {
    this.#targets = targets;
    this.#random = random;
    this.#ledger = ledger;
    this.#violations = violations;
    const acted = async <Result>(act: () => Promise<Result>): Promise<Result> => {
      await this.#mayAct();
      return this.#acted(act);
    };
    this.endUsers = new EndUsers(targets, random.split('end-users'), ledger, violations, { isOver: () => this.#isOver, acted });
    this.clients.push(this.endUsers.client);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  begin(): void {
    for (const [name, target] of this.#targets.nodes) {
      for (let each = 0; each < CONNECTIONS_PER_NODE; each += 1) {
        const connection = this.#opened(target);
        this.#bursts.push({ target, name, connection: this.#opened(target), isBusy: false });
        this.#runs(this.#validate(`${name}/${each}`, (key) => connection.exchange(validateRequest(target, key.token))));
      }
    }
    this.#runs(this.#validate('messages', (key) => this.#targets.messages.validate(key.token)));
    for (let lane = 0; lane < LANES; lane += 1) this.#runs(this.#lane(lane));
    this.#runs(this.endUsers.run());
  }

  /** Resolves when all that was begun has its answer. */
  async end(): Promise<void> {
    this.#isOver = true;
    // What waits for a process that will not answer any more need not be waited for.
    const late = setTimeout(() => this.#close(), 10_000);
    await Promise.all(this.#running);
    clearTimeout(late);
    this.#close();
  }

  /** No commands between `hold` and `release`; resolves when the last one is decided. Validations go on. */
  async hold(): Promise<void> {
    this.#isHeld = true;
    while (this.#acting > 0) await pause(10);
  }

  release(): void {
    this.#isHeld = false;
  }

  /** A world and a client of its own. */
  async freshWorld(name: string): Promise<World> {
    for (;;) {
      const world = await World.made(this.#surroundings(this.#client(name), this.#random.split(`${name} ${this.clients.length}`)));
      if (world !== null) return world;
      if (this.#isOver) throw new Error('The run is over.');
    }
  }

  /** One that no other load changes, for a fault that needs to know when what was asked. Its keys are asked for like all others. */
  async ownWorld(name: string): Promise<World> {
    const idle = this.#pool.find((world) => !world.isOver && !this.#borrowed.has(world));
    const world = idle ?? (await this.freshWorld(name));
    this.#borrowed.add(world);
    if (idle === undefined) this.#pool.push(world);
    else await idle.refresh();
    return world.isOver ? this.ownWorld(name) : world;
  }

  /** What faults had for themselves is free for others. */
  giveBack(): void {
    this.#borrowed.clear();
    this.#pool.splice(0, this.#pool.length - MOST_POOLED);
  }

  /** One validation, judged like all. */
  async ask(
    key: ObservedKey,
    by: string,
    exchange: () => Promise<{ readonly status: number; readonly text: string; readonly invokedAt: number; readonly completedAt: number }>,
  ): Promise<number> {
    const { status, text, invokedAt, completedAt } = await exchange();
    const answered = answeredWith(status, text);
    const breach = key.judge(answered, { invokedAt, completedAt }, by, `${status} ${text}`.slice(0, 300));
    if (breach !== null) this.#violations.add(breach.invariant, breach.what, breach.timeline);
    this.numbers.validations += 1;
    if (answered.is === 'valid' || answered.is === 'refused' || answered.is === 'undecided') this.numbers[answered.is] += 1;
    const sinceTouched = invokedAt - key.touchedAt;
    if (sinceTouched >= 0 && sinceTouched < RIGHT_AFTER_MS) this.numbers.rightAfter += 1;
    return status;
  }

  anyKey(): ObservedKey | null {
    const now = performance.now();
    const keys = [...this.#lanes.flat(), ...this.#pool].flatMap((world) => world.keys);
    const hot = keys.filter(({ touchedAt }) => now - touchedAt < HOT_MS);
    if (hot.length > 0 && this.#random.chance(0.5)) return this.#random.pick(hot);
    const living = keys.filter(({ isLiving }) => isLiving);
    return this.#random.chance(0.75) ? this.#random.pickOrNull(living) : this.#random.pickOrNull(keys);
  }

  async #lane(number: number): Promise<void> {
    const worlds: World[] = [];
    this.#lanes.push(worlds);
    const random = this.#random.split(`lane ${number}`);
    const client = this.#client(`writer ${number}`);
    while (!this.#isOver) {
      await this.#mayAct();
      const world = await this.#acted(() => World.made(this.#surroundings(client, random)));
      if (world === null) continue;
      worlds.push(world);
      if (worlds.length > WORLDS_KEPT) worlds.shift();
      for (let step = 0; step < STEPS_OF_A_WORLD && !world.isOver && !this.#isOver; step += 1) {
        await pause(random.between(...STEP_PAUSE_MS));
        await this.#mayAct();
        await this.#acted(() => world.step());
        this.#forgetGraves(world);
      }
    }
  }

  async #acted<Result>(act: () => Promise<Result>): Promise<Result> {
    this.#acting += 1;
    try {
      return await act();
    } finally {
      this.#acting -= 1;
    }
  }

  async #mayAct(): Promise<void> {
    while (this.#isHeld && !this.#isOver) await pause(20);
  }

  #forgetGraves(world: World): void {
    const dead = world.keys.filter(({ isLiving }) => !isLiving);
    if (dead.length > GRAVES_KEPT && dead[0] !== undefined) world.keys.splice(world.keys.indexOf(dead[0]), 1);
  }

  async #validate(name: string, exchange: (key: ObservedKey) => ReturnType<Parameters<Load['ask']>[2]>): Promise<void> {
    const random = this.#random.split(name);
    while (!this.#isOver) {
      const key = this.anyKey();
      if (key !== null) await this.ask(key, name, () => exchange(key));
      await pause(random.between(...VALIDATION_PAUSE_MS));
    }
  }

  /** At once and on every node, each on a connection that waits for it: nothing between the acknowledgement and the question. */
  #burst(keys: readonly ObservedKey[]): void {
    for (const key of keys.slice(0, CONNECTIONS_PER_NODE)) {
      for (const name of this.#targets.nodes.keys()) {
        const free = this.#bursts.find((each) => each.name === name && !each.isBusy);
        if (free === undefined) continue;
        free.isBusy = true;
        this.#runs(
          this.ask(key, `burst ${name}`, () => free.connection.exchange(validateRequest(free.target, key.token))).then(() => {
            free.isBusy = false;
          }),
        );
      }
    }
  }

  #surroundings(client: CommandClient, random: SeededRandom): Parameters<typeof World.made>[0] {
    return {
      client,
      random,
      ledger: this.#ledger,
      violations: this.#violations,
      acknowledged: (keys, ms, isDenial) => {
        this.numbers.changes += 1;
        if (isDenial) {
          this.numbers.denials += 1;
          this.numbers.longestDenialMs = Math.max(this.numbers.longestDenialMs, ms);
        }
        this.#burst(keys);
      },
    };
  }

  #client(name: string): CommandClient {
    const client = new CommandClient(this.#targets.gateway, name, () => this.#isOver);
    this.clients.push(client);
    return client;
  }

  #opened(target: Target): HttpConnection {
    const connection = new HttpConnection(target.port);
    this.#connections.push(connection);
    return connection;
  }

  #runs(work: Promise<void>): void {
    const watched = work.catch((error: unknown) =>
      this.#violations.add('proof', `The load itself failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
    );
    this.#running.add(watched);
    void watched.then(() => this.#running.delete(watched));
  }

  #close(): void {
    this.endUsers.close();
    for (const connection of this.#connections) connection.close();
    for (const client of this.clients) client.close();
  }
}
