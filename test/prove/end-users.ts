import { at } from '@test/support/clients/backend-api.js';
import { HttpConnection, requestText, type TimedAnswer } from '@test/support/clients/http-connection.js';
import type { Target } from '@test/support/clients/connected-backend-api.js';
import type { SeededRandom } from '@test/support/random/seeded-random.js';
import { CommandClient } from './command-client.js';
import type { Ledger } from './ledger.js';
import { type Observed, ObservedOrganizationKey, ObservedSession, type Said } from './observed-end-user.js';
import type { Violations } from './violations.js';
import { EndUserWorld } from './end-user-world.js';

export interface EndUserTargets {
  /** By name: each is asked, and each is a node of the fence. */
  readonly gateways: ReadonlyMap<string, Target>;
  /** Host of the environment's auth URL: who asks there is in that environment. */
  readonly host: string;
}

export interface EndUserNumbers {
  checks: number;
  good: number;
  over: number;
  undecided: number;
  ends: number;
}

/** What the load lets commands wait for. */
export interface Pacing {
  readonly isOver: () => boolean;
  readonly acted: <Result>(act: () => Promise<Result>) => Promise<Result>;
}

const STEPS_OF_A_WORLD = 20;
const WORLDS_KEPT = 3;
/** A session is a tag of its own, which the store of a machine without MongoDB reads the whole log for. */
const STEP_PAUSE_MS = [700, 1_800] as const;
const CHECK_PAUSE_MS = [15, 50] as const;
const HOT_MS = 400;
/** Below the limit of 300: a refusal for the limit would say nothing of the key. The calls of a burst come on top. */
const MOST_CALLS_OF_A_KEY = 240;

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** People with sessions and servers with organization keys, at every gateway, while faults come and go. */
export class EndUsers {
  readonly numbers: EndUserNumbers = { checks: 0, good: 0, over: 0, undecided: 0, ends: 0 };
  readonly client: CommandClient;
  readonly #targets: EndUserTargets;
  readonly #random: SeededRandom;
  readonly #violations: Violations;
  readonly #ledger: Ledger;
  readonly #pacing: Pacing;
  readonly #worlds: EndUserWorld[] = [];
  readonly #connections: HttpConnection[] = [];
  readonly #bursts: { readonly by: string; readonly connection: HttpConnection; isBusy: boolean }[] = [];

  constructor(targets: EndUserTargets, random: SeededRandom, ledger: Ledger, violations: Violations, pacing: Pacing) {
    this.#targets = targets;
    this.#random = random;
    this.#ledger = ledger;
    this.#violations = violations;
    this.#pacing = pacing;
    const last = [...targets.gateways.values()].at(-1);
    if (last === undefined) throw new Error('There is no gateway.');
    this.client = new CommandClient(last, 'end-users', () => pacing.isOver());
    for (const [by, target] of targets.gateways)
      for (let each = 0; each < 2; each += 1) this.#bursts.push({ by: `burst ${by}`, connection: this.#opened(target), isBusy: false });
  }

  /** Resolves when the run is over and all that was begun has its answer. */
  async run(): Promise<void> {
    const checks = [...this.#targets.gateways].map(([name, target]) => this.#check(name, target));
    await Promise.all([this.#live(), ...checks]);
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
    this.client.close();
  }

  async #live(): Promise<void> {
    while (!this.#pacing.isOver()) {
      const world = await this.#pacing.acted(() => this.#newWorld());
      if (world === null) continue;
      this.#worlds.push(world);
      if (this.#worlds.length > WORLDS_KEPT) this.#worlds.shift();
      for (let step = 0; step < STEPS_OF_A_WORLD && !world.isOver && !this.#pacing.isOver(); step += 1) {
        await pause(this.#random.between(...STEP_PAUSE_MS));
        await this.#pacing.acted(() => this.#step(world));
      }
    }
  }

  #newWorld(): Promise<EndUserWorld | null> {
    const target = this.#random.pick([...this.#targets.gateways.values()]);
    return EndUserWorld.made({
      client: this.client,
      ledger: this.#ledger,
      violations: this.#violations,
      origin: `http://127.0.0.1:${String(target.port)}`,
      host: this.#targets.host,
      ended: (subjects) => this.#burst(subjects),
    });
  }

  async #step(world: EndUserWorld): Promise<void> {
    const { session, key } = world.living;
    if (key === undefined || key.calls > MOST_CALLS_OF_A_KEY) {
      if (key !== undefined) await world.revoke(key);
      return world.isOver ? undefined : world.newKey();
    }
    if (session === undefined) return world.logIn();
    const drawn = this.#random.integer(100);
    if (drawn < 35) return world.refresh(session);
    if (drawn < 60) return world.logOut(session);
    if (drawn < 75) return world.endAll();
    return drawn < 90 ? world.blockAndUnblock() : world.revoke(key);
  }

  async #check(name: string, target: Target): Promise<void> {
    const random = this.#random.split(`end users ${name}`);
    const connection = this.#opened(target);
    while (!this.#pacing.isOver()) {
      const subject = this.#anySubject(random);
      if (subject !== null) await this.#ask(subject, name, connection, random);
      await pause(random.between(...CHECK_PAUSE_MS));
    }
  }

  #anySubject(random: SeededRandom): Observed | null {
    const all = this.#worlds.flatMap(({ sessions, keys }) => [...sessions, ...keys]);
    const hot = all.filter(({ touchedAt }) => performance.now() - touchedAt < HOT_MS);
    if (hot.length > 0 && random.chance(0.5)) return random.pick(hot);
    return random.pickOrNull(random.chance(0.6) ? all.filter(({ isLiving }) => isLiving) : all);
  }

  /** At once and on every gateway, each on a connection that waits for it. */
  #burst(subjects: readonly Observed[]): void {
    this.numbers.ends += subjects.length;
    for (const subject of subjects.slice(-2)) {
      for (const [name] of this.#targets.gateways) {
        const free = this.#bursts.find(({ by, isBusy }) => by === `burst ${name}` && !isBusy);
        if (free === undefined) continue;
        free.isBusy = true;
        void this.#ask(subject, free.by, free.connection, this.#random).then(() => {
          free.isBusy = false;
        });
      }
    }
  }

  /** A session is asked for by its cookie or through an organization's key; that judges both. */
  async #ask(subject: Observed, by: string, connection: HttpConnection, random: SeededRandom): Promise<void> {
    if (subject instanceof ObservedOrganizationKey) return this.#askKey(subject, by, connection);
    if (!(subject instanceof ObservedSession)) return;
    const token = random.pick(subject.accessTokens);
    const own = this.#worlds.find(({ sessions }) => sessions.includes(subject))?.living.key;
    if (own !== undefined && own.calls <= MOST_CALLS_OF_A_KEY && random.chance(0.5)) return this.#verify(subject, token, own, by, connection);
    const answer = await connection.exchange(this.#request('GET', '/api/fe/v3/login_state', { cookie: `access_token=${token}`, 'x-csrf-token': '-.-' }));
    const said: Said = answer.status !== 200 ? unless200(answer) : answer.text.includes('"LoginRequired"') ? 'over' : 'good';
    this.#judge(subject, said, by, answer);
  }

  async #askKey(key: ObservedOrganizationKey, by: string, connection: HttpConnection): Promise<void> {
    if (key.isLiving && key.calls > MOST_CALLS_OF_A_KEY) return;
    key.calls += 1;
    const answer = await connection.exchange(this.#request('GET', '/api/v1/public/org', { 'x-api-key': key.token, 'x-org-slug': key.slug }));
    this.#judge(key, answer.status === 200 ? 'good' : answer.status === 401 ? 'over' : unless200(answer), by, answer);
  }

  async #verify(session: ObservedSession, token: string, key: ObservedOrganizationKey, by: string, connection: HttpConnection): Promise<void> {
    key.calls += 1;
    const answer = await connection.exchange(
      this.#request(
        'POST',
        '/api/v1/public/verify',
        { 'x-api-key': key.token, 'x-org-slug': key.slug, 'content-type': 'application/json' },
        JSON.stringify({ token }),
      ),
    );
    this.#judge(key, answer.status === 200 ? 'good' : answer.status === 401 ? 'over' : unless200(answer), by, answer);
    if (answer.status !== 200) return;
    const valid = at(JSON.parse(answer.text), 'data', 'valid');
    this.#judge(session, valid === true ? 'good' : valid === false ? 'over' : 'unexpected', `${by} (verify)`, answer);
  }

  #request(method: string, path: string, headers: Readonly<Record<string, string>>, body?: string): string {
    return requestText({ method, path, headers: { host: this.#targets.host, ...headers }, body });
  }

  #judge(subject: Observed, said: Said, by: string, { status, text, invokedAt, completedAt }: TimedAnswer): void {
    this.numbers.checks += 1;
    if (said !== 'unexpected') this.numbers[said] += 1;
    subject.judge(said, { invokedAt, completedAt }, by, `${String(status)} ${text}`.slice(0, 200), this.#violations);
  }

  #opened(target: Target): HttpConnection {
    const connection = new HttpConnection(target.port);
    this.#connections.push(connection);
    return connection;
  }
}

const unless200 = ({ status }: TimedAnswer): Said => (status === 503 || status === 502 || status === 0 ? 'undecided' : 'unexpected');
