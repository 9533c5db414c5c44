import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BackendApi } from '@test/support/clients/backend-api.js';
import { diskFolder, StandaloneServer } from '@test/support/servers/standalone-process.js';
import type { Attempt } from './crash-attempts.js';
import { CrashClient, Killed } from './crash-client.js';
import { askerIn, Broken, compareLists, compareWithLog, doneBy, together, validateAll, verifyWhole } from './crash-examination.js';
import { withImage } from './crash-image.js';
import { LogBook } from './crash-log-book.js';
import { crashEnvironment, type CrashPlan, drawPlan } from './crash-plan.js';
import type { SeededRandom } from '@test/support/random/seeded-random.js';
import { ViewsCheck } from './crash-views.js';
import { isUnfinished } from './crash-wal.js';
import { type CrashKey, isDead } from './crash-world.js';

/** What the kills of a run have met: shows that they were not all of the harmless kind. */
export interface Tally {
  kills: number;
  /** Killed while starting. */
  starting: number;
  /** Killed between the first write of a COMMIT of the log and its return. */
  insideCommit: number;
  /** The file of the log ended in the middle of a transaction. */
  unfinished: number;
  /** The read models had not yet taken all that was in the log. */
  rowsBehind: number;
  answered: number;
  unanswered: number;
  unansweredInLog: number;
  denialsChecked: number;
}

const CLIENTS = 6;
/** The whole log is read again this often; in between only what is new. */
const VERIFY_EVERY = 10;
const FIRST_REQUESTS = 25;
const END_MS = 20_000;
const MOST_ANSWERS = 1_000;

/** One data folder through many kills. */
export class CrashLane {
  readonly dataDir = diskFolder();
  readonly tally: Tally = {
    kills: 0,
    starting: 0,
    insideCommit: 0,
    unfinished: 0,
    rowsBehind: 0,
    answered: 0,
    unanswered: 0,
    unansweredInLog: 0,
    denialsChecked: 0,
  };
  /** For the reader of a failure: which life it is, and how it was to end. */
  where = 'set-up';
  readonly #random: SeededRandom;
  readonly #book = new LogBook();
  readonly #views = new ViewsCheck(this.#book);
  readonly #report = join(this.dataDir, 'crash-point-report');
  #clients: readonly CrashClient[] = [];
  #backendKey = '';
  #server = new StandaloneServer({ dataDir: this.dataDir });
  #knownDead: ReadonlySet<CrashKey> = new Set();

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  async run(kills: number, onKill: () => void): Promise<void> {
    await this.#setUp();
    for (let life = 1; life <= kills; life += 1) {
      const random = this.#random.split(`life ${life}`);
      const plan = drawPlan(random);
      this.where = `life ${life}, to end by ${JSON.stringify(plan)}`;
      await this.#live(plan, random);
      await this.#examine(life % VERIFY_EVERY === 0);
      onKill();
    }
    this.where = 'the last life';
    await this.#lastLife();
  }

  async end(): Promise<void> {
    await this.#server.end('SIGKILL');
  }

  removeFolder(): void {
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** An orderly first life: the backend key, and the setting under which users take their organizations' keys with them. */
  async #setUp(): Promise<void> {
    await this.#startInPeace();
    [, this.#backendKey = ''] = await this.#server.waitForStdout(/Backend key:\s+([0-9a-f]{128})\s/);
    await this.#server.changeSettings({ invalidateOrgApiKeyUponUserRemoval: true });
    await this.#server.end('SIGTERM');
    await this.#examine(true);
    const asker = askerIn(this.#book);
    const name = String(this.#random.seed).replaceAll(/[^a-z0-9]/gi, '-');
    this.#clients = Array.from({ length: CLIENTS }, (_, index) => new CrashClient(`${name}-c${index}`, this.#random.split(`client ${index}`), asker));
  }

  async #startInPeace(): Promise<void> {
    await this.#server.start().catch((error: unknown) => {
      throw new Broken('restart', error instanceof Error ? error.message : 'It did not start.', { cause: error });
    });
  }

  async #live(plan: CrashPlan, random: SeededRandom): Promise<void> {
    rmSync(this.#report, { force: true });
    this.#server = new StandaloneServer({ dataDir: this.dataDir, env: crashEnvironment(plan, this.#report) });
    try {
      await this.#server.start().catch(() => {
        this.tally.starting += 1;
        throw new Killed();
      });
      await this.#validateFirst(random);
      await this.#askAgain();
      await this.#loadUntilKilled(plan);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
    await this.#killed();
    if (plan.kind === 'commit' && plan.moment === 'inside' && !existsSync(this.#report)) this.tally.insideCommit += 1;
  }

  get #api(): BackendApi {
    return new BackendApi(this.#server.origin, this.#backendKey);
  }

  get #keys(): readonly CrashKey[] {
    return this.#clients.flatMap(({ world }) => world.keys);
  }

  get #pending(): readonly Attempt[] {
    return this.#clients.flatMap(({ pending }) => pending ?? []);
  }

  /** The very first requests after a restart: what was denied last, and some of all others; null for all of them. */
  async #validateFirst(random: SeededRandom | null): Promise<void> {
    const pending = this.#pending;
    const certain = this.#keys.filter((key) => !pending.some(({ covers }) => covers.includes(key)));
    const newlyDead = certain.filter((key) => isDead(key) && !this.#knownDead.has(key));
    const asked = random === null ? certain : [...newlyDead, ...random.sample(certain, FIRST_REQUESTS)];
    await validateAll(this.#api, asked);
    this.tally.denialsChecked += asked.filter(isDead).length;
    this.#knownDead = new Set(certain.filter(isDead));
  }

  async #askAgain(): Promise<void> {
    const api = this.#api;
    await together(
      this.#clients.map(async (client) => {
        const { pending } = client;
        if (pending === null) return;
        const done = doneBy(this.#book, pending);
        await client.askAgain(api, pending, done);
        if (done !== null) this.tally.unansweredInLog += 1;
      }),
      () => this.end(),
    );
  }

  async #loadUntilKilled(plan: CrashPlan): Promise<void> {
    const [api, server] = [this.#api, this.#server];
    let answers = 0;
    const onAnswer = (): void => {
      answers += 1;
      this.tally.answered += 1;
      const reached = plan.kind === 'answers' && answers === plan.number;
      // A server that never gets to the place where it should kill itself is not loaded forever.
      if (reached || answers === MOST_ANSWERS) setTimeout(() => void server.end('SIGKILL'), reached ? plan.delayMs : 0);
    };
    await together(
      this.#clients.map((client) => client.load(api, onAnswer)),
      () => this.end(),
    );
  }

  /** Gone, and by the signal: an end of its own, or a word of complaint, is a damaged folder or a broken promise. */
  async #killed(): Promise<void> {
    const stillThere = Symbol('still there');
    const ended = await Promise.race([this.#server.waitForEnd(), new Promise((resolve) => setTimeout(resolve, END_MS, stillThere).unref())]);
    if (ended === stillThere) throw new Broken('answers', 'Requests failed, and the server was still there.');
    if (ended !== null || this.#server.stderr !== '') throw new Broken('restart', `The server ended with ${String(ended)} and said: ${this.#server.stderr}`);
    this.tally.kills += 1;
  }

  /** What the kill has left, before it is repaired: the log against what was acknowledged, the read models against the log. */
  async #examine(whole: boolean): Promise<void> {
    this.tally.unanswered += this.#pending.length;
    const wal = join(this.dataDir, 'log.db-wal');
    if (existsSync(wal) && isUnfinished(readFileSync(wal))) this.tally.unfinished += 1;
    await withImage(this.dataDir, ['log.db', 'views.db'], async (imageDir) => {
      const path = join(imageDir, 'log.db');
      await this.#book.readOn(path).catch((error: unknown) => {
        throw new Broken('chain', String(error), { cause: error });
      });
      if (whole) await verifyWhole(path);
      compareWithLog(
        this.#book,
        this.#clients.flatMap(({ world }) => world.things),
        this.#pending,
      );
      const { problem, behind } = this.#views.look(imageDir);
      if (problem !== null) throw new Broken('read models', problem);
      if (behind > 0) this.tally.rowsBehind += 1;
    });
  }

  /** This one is not killed: every key is asked for, every list is read, and the end is an orderly one. */
  async #lastLife(): Promise<void> {
    this.#server = new StandaloneServer({ dataDir: this.dataDir });
    await this.#startInPeace();
    await this.#validateFirst(null);
    await this.#askAgain();
    await this.#validateFirst(null);
    await compareLists(
      this.#api,
      this.#clients.map(({ world }) => world),
    );
    const code = await this.#server.end('SIGTERM');
    if (code !== 0) throw new Broken('restart', `The last server ended with ${String(code)} and said: ${this.#server.stderr}`);
    await this.#examine(true);
  }
}
