import { type JsonObject, KEYS, type Method, textAt, V1 } from './backend-api.js';
import type { Call } from '../races/history.js';
import { KeepAliveConnection, type TimedAnswer } from './keep-alive-connection.js';
import { causeOf, type Denial, type KeyKind, type Owner, type RaceKey } from '../races/race-keys.js';

const INVALID = '{"api_key_token":"This API key is not valid."}';

export interface Target {
  readonly port: number;
  readonly backendKey: string;
}

const spanOf = ({ invokedAt, completedAt }: TimedAnswer) => ({ invokedAt, completedAt });

/** A whole request; `more`: further header lines. */
export const requestText = ({ port, backendKey }: Target, method: Method, path: string, body: unknown, more: readonly string[] = []): string => {
  const text = body === undefined ? '' : JSON.stringify(body);
  const head = [`${method} ${path} HTTP/1.1`, `Host: 127.0.0.1:${String(port)}`, `Authorization: Bearer ${backendKey}`, 'Content-Type: application/json'];
  return [...head, ...more, `Content-Length: ${String(Buffer.byteLength(text))}`, '', text].join('\r\n');
};

/** "Valid" for somebody else would be worse than "not valid". */
const isAboutOwner = ({ kind, owner }: RaceKey, body: string): boolean => {
  if (kind === 'generic') return !body.includes(owner.userId) && !body.includes(owner.orgId);
  return (kind === 'organization' || body.includes(owner.userId)) && (kind === 'personal' || body.includes(owner.orgId));
};

const validationOutcome = (key: RaceKey, { status, body }: TimedAnswer): Call['outcome'] => {
  if (status === 200) return isAboutOwner(key, body) ? 'done' : 'unexpected';
  if (status === 503) return 'undecided';
  return status === 400 && body === INVALID ? 'refused' : 'unexpected';
};

const fieldsOf = (body: string): readonly string[] => {
  const parsed: unknown = JSON.parse(body);
  return typeof parsed === 'object' && parsed !== null ? Object.keys(parsed) : [];
};

/** One client of the API with one connection: it asks one thing after the other, and says of each when it was asked and answered. */
export class RaceClient {
  readonly #target: Target;
  readonly #connection: KeepAliveConnection;

  constructor(target: Target, readonly name: string) {
    this.#target = target;
    this.#connection = new KeepAliveConnection(target.port);
  }

  close(): void {
    this.#connection.close();
  }

  ask(method: Method, path: string, body?: unknown): Promise<TimedAnswer> {
    return this.#connection.exchange(requestText(this.#target, method, path, body));
  }

  /** A step of the set-up: anything but 200 fails the test. */
  async done(method: Method, path: string, body?: unknown): Promise<unknown> {
    const answer = await this.ask(method, path, body);
    if (answer.status !== 200) throw new Error(`${method} ${path} answered ${String(answer.status)} ${answer.body}`);
    const parsed: unknown = JSON.parse(answer.body);
    return parsed;
  }

  async newUser(): Promise<string> {
    return textAt(await this.done('POST', `${V1}/user/`, { email: `race-${crypto.randomUUID()}@example.test` }), 'user_id');
  }

  async newOrg(): Promise<string> {
    return textAt(await this.done('POST', `${V1}/org/`, { name: `Race ${crypto.randomUUID()}` }), 'org_id');
  }

  async newMember(orgId: string): Promise<string> {
    const userId = await this.newUser();
    await this.done('POST', `${V1}/org/add_user`, { user_id: userId, org_id: orgId, role: 'Member' });
    return userId;
  }

  /** `refusedFields`: which fields a documented refusal may name here. `key` is null unless it was made. */
  async create(kind: KeyKind, owner: Owner, refusedFields: readonly string[], more: JsonObject = {}): Promise<{ readonly call: Call; readonly key: RaceKey | null }> {
    const answer = await this.ask('POST', KEYS, { ...this.#ownerFields(kind, owner), ...more });
    const call = { op: 'create' as const, by: this.name, ...spanOf(answer) };
    const detail = `${kind}, ${String(answer.status)}`;
    if (answer.status === 200) {
      const key = this.#keyOf(answer.body, kind, owner);
      return { call: { ...call, about: key.id, outcome: 'done', detail }, key };
    }
    const isDocumented = answer.status === 400 && refusedFields.includes(fieldsOf(answer.body).join());
    const outcome = answer.status === 503 || answer.status === 0 ? 'undecided' : 'unexpected';
    return { call: { ...call, about: `none ${crypto.randomUUID()}`, outcome: isDocumented ? 'refused' : outcome, detail: `${detail} ${answer.body}` }, key: null };
  }

  async newKey(kind: KeyKind, owner: Owner, more: JsonObject = {}): Promise<{ readonly call: Call; readonly key: RaceKey }> {
    const { call, key } = await this.create(kind, owner, [], more);
    if (key === null) throw new Error(`A key of the set-up was refused: ${String(call.detail)}`);
    return { call, key };
  }

  async validate(key: RaceKey): Promise<Call> {
    return this.judged(key, await this.presented(key));
  }

  presented(key: RaceKey): Promise<TimedAnswer> {
    return this.#connection.exchange(key.request);
  }

  judged(key: RaceKey, answer: TimedAnswer): Call {
    const outcome = validationOutcome(key, answer);
    const call = { op: 'validate' as const, about: key.id, by: this.name, outcome, ...spanOf(answer) };
    return outcome === 'unexpected' ? { ...call, detail: `${String(answer.status)} ${answer.body}` } : call;
  }

  /** The 404 of a repeated denial counts as acknowledged: it says that the key is dead. */
  async deny(denial: Denial, keyId: string, owner: Owner): Promise<Call> {
    const answer = await this.#askToDeny(denial, keyId, owner);
    const isLost = answer.status === 503 || answer.status === 0;
    const outcome = answer.status === 200 || answer.status === 404 ? 'done' : isLost ? 'undecided' : 'unexpected';
    return { op: 'deny', about: causeOf(denial, keyId, owner), outcome, by: this.name, detail: `${String(answer.status)} ${answer.body}`, ...spanOf(answer) };
  }

  #askToDeny(denial: Denial, keyId: string, { userId, orgId }: Owner): Promise<TimedAnswer> {
    switch (denial) {
      case 'revoke':
        return this.ask('DELETE', `${KEYS}/${keyId}`);
      case 'block':
        return this.ask('POST', `${V1}/user/${userId}/disable`);
      case 'delete user':
        return this.ask('DELETE', `${V1}/user/${userId}`);
      case 'leave':
        return this.ask('POST', `${V1}/org/remove_user`, { user_id: userId, org_id: orgId });
      case 'delete org':
        return this.ask('DELETE', `${V1}/org/${orgId}`);
    }
  }

  #ownerFields(kind: KeyKind, { userId, orgId }: Owner): JsonObject {
    return {
      ...(kind === 'personal' || kind === 'member' ? { user_id: userId } : {}),
      ...(kind === 'organization' || kind === 'member' ? { org_id: orgId } : {}),
    };
  }

  #keyOf(body: string, kind: KeyKind, owner: Owner): RaceKey {
    const made: unknown = JSON.parse(body);
    const request = requestText(this.#target, 'POST', `${KEYS}/validate`, { api_key_token: textAt(made, 'api_key_token') });
    return { id: textAt(made, 'api_key_id'), kind, owner, request };
  }
}
