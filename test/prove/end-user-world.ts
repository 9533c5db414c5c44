import { KEYS, textAt, V1 } from '@test/support/clients/backend-api.js';
import { EndUserApi } from '@test/support/clients/browser-session.js';
import type { CommandClient } from './command-client.js';
import type { Ledger } from './ledger.js';
import { type Observed, ObservedOrganizationKey, ObservedSession } from './observed-end-user.js';
import type { Violations } from './violations.js';

export interface EndUserSurroundings {
  readonly client: CommandClient;
  readonly ledger: Ledger;
  readonly violations: Violations;
  /** Of a gateway, and the host of the environment. */
  readonly origin: string;
  readonly host: string;
  /** These were just ended: now is the moment to ask every gateway. */
  readonly ended: (subjects: readonly Observed[]) => void;
}

/** What a command ends; `effect` as it stands in the log. */
interface End {
  readonly what: string;
  readonly path: string;
  readonly method?: 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly effect: string;
  readonly repeated?: number;
  readonly ends: readonly Observed[];
}

const PASSWORD = 'a long enough password';
const LOGIN_MS = 10_000;
const late = (ms: number): Promise<null> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms, null).unref();
  });

/** A member of an organization who logs in and out, and the organization's keys; one command at a time. */
export class EndUserWorld {
  readonly sessions: ObservedSession[] = [];
  readonly keys: ObservedOrganizationKey[] = [];
  readonly #around: EndUserSurroundings;
  readonly #userId: string;
  readonly #email: string;
  readonly #orgId: string;
  readonly #slug: string;
  /** Nothing more can be told of it for certain. */
  isOver = false;

  private constructor(around: EndUserSurroundings, made: { readonly userId: string; readonly email: string; readonly orgId: string; readonly slug: string }) {
    this.#around = around;
    this.#userId = made.userId;
    this.#email = made.email;
    this.#orgId = made.orgId;
    this.#slug = made.slug;
  }

  /** Null when it is not known whether a part of it exists. */
  static async made(around: EndUserSurroundings): Promise<EndUserWorld | null> {
    const { client } = around;
    const email = `end-user-${crypto.randomUUID()}@example.test`;
    const user = await asked(client, `${V1}/user/`, { email, password: PASSWORD });
    const org = user && (await asked(client, `${V1}/org/`, { name: `Visited ${crypto.randomUUID()}` }));
    if (user === null || org === null) return null;
    const [userId, orgId] = [textAt(user, 'user_id'), textAt(org, 'org_id')];
    const joined = await client.decide('POST', `${V1}/org/add_user`, { user_id: userId, org_id: orgId, role: 'Member' });
    const read = joined && (await client.decide('GET', `${V1}/org/${orgId}`));
    if (read === null || read.status !== 200) return null;
    return new EndUserWorld(around, { userId, email, orgId, slug: textAt(JSON.parse(read.text), 'url_safe_org_slug') });
  }

  get living(): { readonly session: ObservedSession | undefined; readonly key: ObservedOrganizationKey | undefined } {
    const isLiving = ({ isLiving: lives }: Observed): boolean => lives;
    return { session: this.sessions.findLast(isLiving), key: this.keys.findLast(isLiving) };
  }

  async logIn(): Promise<void> {
    const { origin, host, violations } = this.#around;
    const browser = new EndUserApi(origin, host);
    const call = browser.call('POST', '/api/fe/v3/login', { email: this.#email, password: PASSWORD }).catch(() => null);
    const answer = await Promise.race([call, late(LOGIN_MS)]);
    if (answer === null || [502, 503].includes(answer.status)) return;
    if (answer.status !== 200) {
      // Ten undecided attempts are ten attempts.
      if (!answer.text.includes('account_locked')) violations.add('I11', `A right password was refused: ${String(answer.status)} ${answer.text}`);
      this.isOver = true;
      return;
    }
    const refreshToken = browser.cookies.get('refresh_token') ?? '';
    this.sessions.push(new ObservedSession(refreshToken.slice(0, 32), browser.accessToken, refreshToken));
  }

  /** Asked once: a token that is shown again long after it was replaced ends its session. */
  async refresh(session: ObservedSession): Promise<void> {
    const decided = await this.#around.client.once('POST', `${V1}/refresh_token`, { refresh_token: session.refreshToken });
    const { status, text, invokedAt, completedAt } = decided;
    const outcome = status === 200 ? 'good' : status === 400 ? 'over' : [0, 502, 503].includes(status) ? 'undecided' : 'unexpected';
    session.judge(outcome, { invokedAt, completedAt }, 'refresh', `${String(status)} ${text}`.slice(0, 200), this.#around.violations);
    if (outcome === 'undecided') session.life.write('dead', invokedAt);
    if (outcome !== 'good') return;
    const parsed: unknown = JSON.parse(text);
    session.refreshToken = textAt(parsed, 'refresh_token');
    session.accessTokens.push(textAt(parsed, 'access_token', 'access_token'));
  }

  async newKey(): Promise<void> {
    const made = await asked(this.#around.client, KEYS, { org_id: this.#orgId });
    if (made !== null) this.keys.push(new ObservedOrganizationKey(textAt(made, 'api_key_id'), textAt(made, 'api_key_token'), this.#slug));
  }

  async revoke(key: ObservedOrganizationKey): Promise<void> {
    await this.#end({ what: 'revoke', method: 'DELETE', path: `${KEYS}/${key.keyId}`, effect: `api-key.revoked.v1 ${key.keyId}`, repeated: 404, ends: [key] });
  }

  async logOut(session: ObservedSession): Promise<void> {
    await this.#end({
      what: 'log out',
      path: `${V1}/logout`,
      body: { refresh_token: session.refreshToken },
      effect: `session.ended.v1 ${session.sessionId}`,
      ends: [session],
    });
  }

  async endAll(): Promise<void> {
    await this.#end({
      what: 'end all sessions',
      path: `${V1}/user/${this.#userId}/logout_all_sessions`,
      effect: `user.sessions-ended.v1 ${this.#userId}`,
      ends: this.#livingSessions,
    });
  }

  async blockAndUnblock(): Promise<void> {
    await this.#end({ what: 'block', path: `${V1}/user/${this.#userId}/disable`, effect: `user.blocked.v1 ${this.#userId}`, ends: this.#livingSessions });
    if (!this.isOver) await this.#end({ what: 'unblock', path: `${V1}/user/${this.#userId}/enable`, effect: `user.unblocked.v1 ${this.#userId}`, ends: [] });
  }

  get #livingSessions(): readonly ObservedSession[] {
    return this.sessions.filter(({ isLiving }) => isLiving);
  }

  /** What has happened more than once, or may happen later, is not known to be over: then nothing more is begun here. */
  async #end({ what, path, method = 'POST', body, effect, repeated, ends }: End): Promise<void> {
    const { client, ledger, violations, ended } = this.#around;
    const invokedAt = performance.now();
    const writes = ends.map(({ life }) => life.write('dead', invokedAt));
    const decided = await client.decide(method, path, body);
    const isDone = decided !== null && (decided.status === 200 || (decided.attempts > 1 && decided.status === repeated));
    ledger.expect(effect, decided?.attempts ?? 1_000, isDone);
    const completedAt = decided?.completedAt ?? Infinity;
    for (const subject of ends)
      subject.note({ op: 'deny', by: what, outcome: isDone ? 'done' : 'undecided', invokedAt, completedAt, detail: String(decided?.status ?? 'no answer') });
    if (!isDone || decided.attempts > 1) this.isOver = true;
    if (!isDone) {
      if (decided !== null) violations.add('I11', `${method} ${path} (${what}) answered ${String(decided.status)} ${decided.text}`);
      return;
    }
    // Dead is dead for all of these: whichever attempt has done it, it has been done.
    for (const write of writes) write.acknowledged(completedAt);
    ended(ends);
  }
}

const asked = async (client: CommandClient, path: string, body: object): Promise<unknown> => {
  const decided = await client.decide('POST', path, body, crypto.randomUUID());
  return decided?.status === 200 ? (JSON.parse(decided.text) as unknown) : null;
};
