import { V1 } from '@test/support/clients/backend-api.js';
import { type SessionTokens, EndUserApi } from '@test/support/clients/browser-session.js';
import { type Call, racesWith, violationsOf } from '@test/support/races/history.js';
import { after, allToTheirEnd, turns } from '@test/support/races/in-lanes.js';
import { RaceClient } from '@test/support/races/race-client.js';
import type { Target } from '@test/support/clients/connected-backend-api.js';
import type { SeededRandom } from '@test/support/random/seeded-random.js';
import { reportOf } from '@test/support/races/timeline.js';
import { EndUserClient } from './end-user-client.js';

/** What ends the session of a round; `nothing` does not. */
export type SessionEnding = 'log out' | 'block' | 'end all sessions' | 'nothing';

export interface SessionCounts {
  rounds: number;
  checks: number;
  /** Checks under way at the same time as the end. */
  racing: number;
  begunAfterEnd: number;
  refreshed: number;
  /** Refreshes that raced the end and lost. */
  refreshRefused: number;
}

export const noSessionCounts = (): SessionCounts => ({ rounds: 0, checks: 0, racing: 0, begunAfterEnd: 0, refreshed: 0, refreshRefused: 0 });

const PASSWORD = 'a long enough password';
const MOST_TURNS = 12;
const CHECKERS = 6;

/** One user who logs in again and again; each time the session is refreshed twice with one token, presented everywhere and ended, all at once. */
export class SessionRace {
  readonly counts = noSessionCounts();
  readonly #target: Target;
  readonly #seed: number;
  readonly #random: SeededRandom;
  readonly #setterUp: RaceClient;
  readonly #ender: EndUserClient;
  readonly #refreshers: readonly EndUserClient[];
  readonly #checkers: readonly EndUserClient[];
  readonly #user: Promise<{ readonly id: string; readonly email: string }>;
  /** How much later the end begins than the refreshes, which have a longer way. */
  #headStartMs = 0;

  constructor(target: Target, lane: number, random: SeededRandom, seed: number) {
    this.#target = target;
    this.#seed = seed;
    this.#random = random;
    this.#setterUp = new RaceClient(target, `setter-up ${String(lane)}`);
    this.#ender = new EndUserClient(target, `ender ${String(lane)}`);
    this.#refreshers = [1, 2].map((each) => new EndUserClient(target, `refresher ${String(lane)}.${String(each)}`));
    this.#checkers = Array.from({ length: CHECKERS }, (_, each) => new EndUserClient(target, `checker ${String(lane)}.${String(each)}`));
    this.#user = this.#newUser();
    this.#user.catch(() => {});
  }

  close(): void {
    for (const client of [this.#setterUp, this.#ender, ...this.#refreshers, ...this.#checkers]) client.close();
  }

  /** Rejects with the timeline of the session when its history is wrong. */
  async round(ending: SessionEnding): Promise<void> {
    const { id: userId } = await this.#user;
    const about = `session ${String(this.counts.rounds)} of ${userId}`;
    const first = await this.#logIn();
    const held: SessionTokens[] = [first];
    const calls: Call[] = [];
    const racing = { isOver: false };
    const checking = this.#checkers.map((client) => this.#check(client, held, about, calls, racing));
    try {
      await allToTheirEnd([
        ...this.#refreshers.map((client) => this.#refresh(client, first, about, held, calls)),
        after(this.#headStartMs, this.#random.integer(MOST_TURNS)).then(() => this.#end(ending, first, userId, about, held, calls)),
      ]);
    } finally {
      racing.isOver = true;
      await Promise.allSettled(checking);
    }
    await Promise.all(checking);
    // Unblocking must not bring back what the block has ended.
    if (ending === 'block') await this.#setterUp.done('POST', `${V1}/user/${userId}/enable`);
    await this.#showAll(held, about, calls);
    this.#judge(ending, about, calls);
  }

  async #newUser(): Promise<{ readonly id: string; readonly email: string }> {
    const email = `race-${crypto.randomUUID()}@example.test`;
    const made = await this.#setterUp.done('POST', `${V1}/user/`, { email, password: PASSWORD });
    if (typeof made !== 'object' || made === null || !('user_id' in made)) throw new Error('No user was made.');
    return { id: String(made.user_id), email };
  }

  async #logIn(): Promise<SessionTokens> {
    const { email } = await this.#user;
    const browser = new EndUserApi(`http://127.0.0.1:${String(this.#target.port)}`, `127.0.0.1:${String(this.#target.port)}`);
    await browser.logIn(email, PASSWORD);
    return browser.tokens;
  }

  async #check(client: EndUserClient, held: readonly SessionTokens[], about: string, calls: Call[], racing: { readonly isOver: boolean }): Promise<void> {
    while (!racing.isOver) calls.push(await client.shows(this.#random.pick(held).accessToken, about));
  }

  async #refresh(client: EndUserClient, { refreshToken }: SessionTokens, about: string, held: SessionTokens[], calls: Call[]): Promise<void> {
    await turns(this.#random.integer(MOST_TURNS));
    const refreshed = await client.refresh(refreshToken, about);
    calls.push(refreshed.call);
    if (refreshed.held !== null) held.push(refreshed.held);
  }

  /** With every access token known by then shown at the acknowledgement: the earliest that must be refused. */
  async #end(
    ending: SessionEnding,
    { refreshToken }: SessionTokens,
    userId: string,
    about: string,
    held: readonly SessionTokens[],
    calls: Call[],
  ): Promise<void> {
    if (ending === 'nothing') return;
    const paths = { block: `${V1}/user/${userId}/disable`, 'end all sessions': `${V1}/user/${userId}/logout_all_sessions` } as const;
    calls.push(await (ending === 'log out' ? this.#ender.logOut(refreshToken, about) : this.#ender.end(paths[ending], undefined, about)));
    for (const { accessToken } of held) calls.push(await this.#ender.shows(accessToken, about));
  }

  /** Nothing is under way any more: every token that was ever given, of both kinds. */
  async #showAll(held: readonly SessionTokens[], about: string, calls: Call[]): Promise<void> {
    for (const { accessToken } of held) calls.push(await this.#ender.shows(accessToken, about));
    for (const { refreshToken } of held) calls.push((await this.#ender.refresh(refreshToken, about)).call);
  }

  #judge(ending: SessionEnding, about: string, calls: readonly Call[]): void {
    const violations = violationsOf(about, new Map([[about, 'for good']]), calls);
    if (violations.length > 0) throw new Error(`${ending}: ${reportOf(violations, calls, this.#seed)}`);
    const denial = calls.find(({ op }) => op === 'deny');
    const refreshes = calls.filter(({ by, op }) => op === 'validate' && this.#refreshers.some(({ name }) => name === by));
    const lost = refreshes.filter(({ outcome }) => outcome === 'refused').length;
    // Keeps both outcomes about as frequent, on a fast machine and on a slow one: that is where the race is.
    if (lost === 0) this.#headStartMs = Math.max(0, this.#headStartMs - 0.5);
    else if (lost === refreshes.length) this.#headStartMs += 0.5;
    const checks = calls.filter(({ op }) => op === 'validate');
    this.counts.rounds += 1;
    this.counts.checks += checks.length;
    this.counts.refreshed += refreshes.length - lost;
    this.counts.refreshRefused += lost;
    if (denial === undefined) return;
    this.counts.racing += checks.filter((call) => racesWith(call, [denial])).length;
    this.counts.begunAfterEnd += checks.filter(({ invokedAt }) => invokedAt > denial.completedAt).length;
  }
}
