import { KEYS, type Method, textAt, V1 } from '@test/support/clients/backend-api.js';
import type { KeyKind } from '@test/support/races/race-keys.js';
import type { SeededRandom } from '@test/support/random/seeded-random.js';
import type { CommandClient, Decided } from './command-client.js';
import type { Ledger } from './ledger.js';
import { type Holding, issuedIn, ObservedKey, type Shown } from './observed-key.js';
import { type OpenWrite, Register } from './register.js';
import type { Violations } from './violations.js';

/** What a world needs of the run around it. */
export interface Surroundings {
  readonly client: CommandClient;
  readonly random: SeededRandom;
  readonly ledger: Ledger;
  readonly violations: Violations;
  /** A change of these keys was just acknowledged: now is the moment to ask every node. */
  readonly acknowledged: (keys: readonly ObservedKey[], ms: number, isDenial: boolean) => void;
}

interface Change {
  readonly what: string;
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
  /** As the event and what it is about stand in the log; null where only the creation is counted. */
  readonly effect: string;
  /** Answers of a repetition that say "it is so already". */
  readonly repeated?: number;
  readonly isDenial: boolean;
  readonly touched: readonly ObservedKey[];
  readonly sets: readonly ((invokedAt: number) => OpenWrite)[];
}

const KINDS: readonly KeyKind[] = ['personal', 'member', 'organization', 'generic'];
/** Clocks are read at different moments, and an expiry is a whole second of the wall clock. */
const EXPIRY_TOLERANCE_MS = 50;
const set =
  <Value>(register: Register<Value>, value: Value) =>
  (invokedAt: number): OpenWrite =>
    register.write(value, invokedAt);

let metadataWrites = 0;
const nextMark = (): string => String((metadataWrites += 1));

/** A user in an organization and their keys, changed by one client, one command at a time, and looked at by many. */
export class World {
  readonly keys: ObservedKey[] = [];
  readonly #around: Surroundings;
  readonly #userId: string;
  readonly #orgId: string;
  readonly #role = new Register<string>('Member');
  readonly #firstName = new Register<string>('nothing');
  readonly #orgName: Register<string>;
  readonly #block = new Register<'free' | 'held'>('free');
  #isMember = true;
  #isOver = false;

  private constructor(around: Surroundings, userId: string, orgId: string, orgName: string) {
    this.#around = around;
    this.#userId = userId;
    this.#orgId = orgId;
    this.#orgName = new Register<string>(orgName);
  }

  /** Null when it could not be decided whether a part of it exists. */
  static async made(around: Surroundings): Promise<World | null> {
    const user = await create(around, 'create-user', `${V1}/user/`, { email: `hot-${crypto.randomUUID()}@example.test` });
    const name = `Hot ${crypto.randomUUID()}`;
    const org = user && (await create(around, 'create-organization', `${V1}/org/`, { name }));
    if (user === null || org === null) return null;
    const world = new World(around, textAt(user, 'user_id'), textAt(org, 'org_id'), name);
    await world.#join();
    for (const kind of KINDS) await world.#issue(kind);
    return world;
  }

  /** Nothing more can be told of it for certain, or its user or organization is gone. Its keys may still be asked for. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get userId(): string {
    return this.#userId;
  }

  async step(): Promise<void> {
    const { random } = this.#around;
    const drawn = random.integer(100);
    if (drawn < 30) return this.#changeMetadata();
    if (drawn < 48) return this.#changeRole();
    if (drawn < 57) return this.#changeName();
    if (drawn < 65) return this.#renameOrg();
    if (drawn < 77) return this.#revokeAndIssue();
    if (drawn < 86) return this.blockAndUnblock();
    if (drawn < 94) return this.leaveAndRejoin();
    if (drawn < 98) return this.#issue(random.pick(['personal', 'generic']), true);
    return drawn < 99 ? this.#deleteUser() : this.#deleteOrg();
  }

  /** The personal keys end, the member's are held back until the unblock. */
  async blockAndUnblock(): Promise<void> {
    await this.block();
    if (this.#isOver) return;
    await this.#unblock();
    await this.#issue('personal');
  }

  async block(): Promise<void> {
    const personal = this.#living('personal');
    await this.#change({
      what: 'block',
      method: 'POST',
      path: `${V1}/user/${this.#userId}/disable`,
      effect: `user.blocked.v1 ${this.#userId}`,
      isDenial: true,
      touched: [...personal, ...this.#living('member')],
      sets: [set(this.#block, 'held'), ...personal.map((key) => set(key.life, 'dead' as const))],
    });
  }

  /** As it was when it was made: free, a member, with a living key of each kind. */
  async refresh(): Promise<void> {
    if (!this.#isOver && this.#block.newest === 'held') await this.#unblock();
    if (!this.#isOver && !this.#isMember) await this.#join();
    for (const kind of KINDS) if (this.#living(kind).every(({ expires }) => expires)) await this.#issue(kind);
  }

  async touch(key: ObservedKey): Promise<void> {
    const mark = nextMark();
    await this.#change({
      what: `metadata ${mark}`,
      method: 'PATCH',
      path: `${KEYS}/${key.id}`,
      body: { metadata: { n: mark } },
      effect: `api-key.metadata-changed.v1 "${mark}"`,
      repeated: 404,
      isDenial: false,
      touched: [key],
      sets: [set(key.metadata, mark)],
    });
  }

  async #unblock(): Promise<void> {
    await this.#change({
      what: 'unblock',
      method: 'POST',
      path: `${V1}/user/${this.#userId}/enable`,
      effect: `user.unblocked.v1 ${this.#userId}`,
      isDenial: false,
      touched: this.#living('member'),
      sets: [set(this.#block, 'free')],
    });
  }

  async leaveAndRejoin(): Promise<void> {
    await this.leave();
    if (!this.#isOver) await this.comeBack();
  }

  async comeBack(): Promise<void> {
    await this.#join();
    await this.#issue('member');
  }

  async leave(): Promise<void> {
    const members = this.#living('member');
    this.#isMember = false;
    await this.#change({
      what: 'leave',
      method: 'POST',
      path: `${V1}/org/remove_user`,
      body: { user_id: this.#userId, org_id: this.#orgId },
      effect: `membership.left.v1 ${this.#userId}`,
      repeated: 400,
      isDenial: true,
      touched: members,
      sets: members.map((key) => set(key.life, 'dead' as const)),
    });
  }

  /** Ends one key for good and resolves with it; null when there is none or it is not known to be acknowledged. */
  async revokeOne(): Promise<ObservedKey | null> {
    const key = this.#around.random.pickOrNull(this.keys.filter(({ isChangeable }) => isChangeable));
    if (key === null) return null;
    await this.#change({
      what: 'revoke',
      method: 'DELETE',
      path: `${KEYS}/${key.id}`,
      effect: `api-key.revoked.v1 ${key.id}`,
      repeated: 404,
      isDenial: true,
      touched: [key],
      sets: [set(key.life, 'dead' as const)],
    });
    return key;
  }

  async #revokeAndIssue(): Promise<void> {
    const key = await this.revokeOne();
    if (key !== null && !this.#isOver) await this.#issue(key.kind);
  }

  async #changeMetadata(): Promise<void> {
    const key = this.#around.random.pickOrNull(this.keys.filter(({ isChangeable }) => isChangeable));
    if (key !== null) await this.touch(key);
  }

  async #changeRole(): Promise<void> {
    if (!this.#isMember) return;
    const role = this.#role.newest === 'Member' ? 'Admin' : 'Member';
    await this.#change({
      what: `role ${role}`,
      method: 'POST',
      path: `${V1}/org/change_role`,
      body: { user_id: this.#userId, org_id: this.#orgId, role },
      effect: `membership.role-changed.v1 ${this.#userId}`,
      isDenial: false,
      touched: this.#living('member'),
      sets: [set(this.#role, role)],
    });
  }

  async #changeName(): Promise<void> {
    const name = `n${nextMark()}`;
    await this.#change({
      what: `first name ${name}`,
      method: 'PUT',
      path: `${V1}/user/${this.#userId}`,
      body: { first_name: name },
      effect: `user.profile-changed.v1 ${name}`,
      isDenial: false,
      touched: [...this.#living('personal'), ...this.#living('member')],
      sets: [set(this.#firstName, name)],
    });
  }

  async #renameOrg(): Promise<void> {
    const name = `Hot ${nextMark()}`;
    await this.#change({
      what: `rename ${name}`,
      method: 'PUT',
      path: `${V1}/org/${this.#orgId}`,
      body: { name },
      effect: `organization.changed.v1 ${name}`,
      isDenial: false,
      touched: [...this.#living('organization'), ...this.#living('member')],
      sets: [set(this.#orgName, name)],
    });
  }

  async #deleteUser(): Promise<void> {
    const ended = [...this.#living('personal'), ...this.#living('member')];
    await this.#change({
      what: 'delete user',
      method: 'DELETE',
      path: `${V1}/user/${this.#userId}`,
      effect: `user.deleted.v1 ${this.#userId}`,
      repeated: 404,
      isDenial: true,
      touched: ended,
      sets: ended.map((key) => set(key.life, 'dead' as const)),
    });
    this.#isOver = true;
  }

  async #deleteOrg(): Promise<void> {
    const ended = [...this.#living('organization'), ...this.#living('member')];
    await this.#change({
      what: 'delete organization',
      method: 'DELETE',
      path: `${V1}/org/${this.#orgId}`,
      effect: `organization.deleted.v1 ${this.#orgId}`,
      repeated: 404,
      isDenial: true,
      touched: ended,
      sets: ended.map((key) => set(key.life, 'dead' as const)),
    });
    this.#isOver = true;
  }

  async #join(): Promise<void> {
    await this.#change({
      what: 'join',
      method: 'POST',
      path: `${V1}/org/add_user`,
      body: { user_id: this.#userId, org_id: this.#orgId, role: 'Member' },
      effect: `membership.joined.v1 ${this.#userId}`,
      repeated: 400,
      isDenial: false,
      touched: [],
      sets: [set(this.#role, 'Member')],
    });
    this.#isMember = true;
  }

  async #issue(kind: KeyKind, expires = false): Promise<void> {
    const isOfUser = kind === 'personal' || kind === 'member';
    if (this.#isOver || (kind === 'member' && !this.#isMember) || (isOfUser && this.#block.newest === 'held')) return;
    const expiresAtSeconds = Math.ceil(Date.now() / 1_000) + this.#around.random.whole(1, 4);
    const made = await create(
      this.#around,
      'create-api-key',
      KEYS,
      {
        ...(isOfUser ? { user_id: this.#userId } : {}),
        ...(kind === 'organization' || kind === 'member' ? { org_id: this.#orgId } : {}),
        ...(expires ? { expires_at_seconds: expiresAtSeconds } : {}),
        metadata: { n: '0' },
      },
      expires,
    );
    if (made === null) return;
    const { id, token } = issuedIn(made);
    const key = new ObservedKey({ id, token, kind, expires }, this.#heldBy(kind, expires ? expiresAtSeconds * 1_000 : null), this.#shownBy(kind));
    this.keys.push(key);
    this.#around.acknowledged([key], 0, false);
  }

  #spanAt(wallMs: number): { readonly invokedAt: number; readonly completedAt: number } {
    const at = performance.now() + wallMs - Date.now();
    return { invokedAt: at - EXPIRY_TOLERANCE_MS, completedAt: at + EXPIRY_TOLERANCE_MS };
  }

  #heldBy(kind: KeyKind, expiresAtMs: number | null): readonly Holding[] {
    const holding: Holding[] = kind === 'member' ? [{ why: 'its user was blocked', register: this.#block }] : [];
    if (expiresAtMs === null) return holding;
    const expiry = new Register<'free' | 'held'>('free');
    expiry.writeDuring('held', this.#spanAt(expiresAtMs));
    return [...holding, { why: 'it had expired', register: expiry }];
  }

  #shownBy(kind: KeyKind): readonly Shown[] {
    const name = { name: 'first name', register: this.#firstName, path: ['user', 'first_name'] };
    const org = { name: 'organization', register: this.#orgName, path: ['org', 'name'] };
    if (kind === 'personal') return [name];
    if (kind === 'organization') return [org];
    return kind === 'generic' ? [] : [name, org, { name: 'role', register: this.#role, path: ['user_in_org', 'user_role'] }];
  }

  #living(kind: KeyKind): readonly ObservedKey[] {
    return this.keys.filter((key) => key.kind === kind && key.isLiving);
  }

  async #change({ what, method, path, body, effect, repeated, isDenial, touched, sets }: Change): Promise<void> {
    const { client, ledger, violations, acknowledged } = this.#around;
    const invokedAt = performance.now();
    const writes = sets.map((begin) => begin(invokedAt));
    for (const key of touched) key.touchedAt = invokedAt;
    const decided = await client.decide(method, path, body);
    const isDone = decided !== null && (decided.status === 200 || (decided.attempts > 1 && decided.status === repeated));
    ledger.expect(effect, decided?.attempts ?? 1_000, isDone);
    const outcome = decided === null ? 'undecided' : isDone ? 'done' : 'unexpected';
    const span = { invokedAt, completedAt: decided?.completedAt ?? Infinity };
    for (const key of touched)
      key.note({ op: isDenial ? 'deny' : 'lift', about: what, by: client.name, outcome, ...span, detail: String(decided?.status ?? 'no answer') });
    if (isDone) this.#settle(decided, writes, sets);
    else if (decided !== null && decided.attempts === 1)
      violations.add('I11', `${method} ${path} (${what}) answered ${String(decided.status)} ${decided.text}`);
    if (!isDone || decided.attempts > 1) this.#isOver = true;
    if (isDone) acknowledged(touched, decided.completedAt - invokedAt, isDenial);
  }

  /** An attempt without an answer may happen at any later time; the one with an answer has happened. */
  #settle({ attempts, invokedAt, completedAt }: Decided, writes: readonly OpenWrite[], sets: Change['sets']): void {
    const settled = attempts === 1 ? writes : sets.map((begin) => begin(invokedAt));
    for (const write of settled) write.acknowledged(completedAt);
  }
}

/** Null when it is not known, or its answer was lost: then what was made cannot be used. */
const create = async ({ client, ledger, violations }: Surroundings, endpoint: string, path: string, body: object, mayBeLate = false): Promise<unknown> => {
  const idempotencyKey = crypto.randomUUID();
  const decided = await client.decide('POST', path, body, idempotencyKey);
  if (decided === null) return null;
  const { status, attempts } = decided;
  if (status === 200 || status === 409) ledger.creations.push({ endpoint, idempotencyKey });
  if (status === 200) return JSON.parse(decided.text) as unknown;
  // What expires soon may have expired before it was decided.
  const isExcused = (attempts > 1 && status === 409) || (mayBeLate && status === 400);
  if (!isExcused) violations.add('I11', `${endpoint} answered ${String(status)} ${decided.text}`);
  return null;
};
