import { type JsonObject, KEYS, textAt, V1 } from '../clients/backend-api.js';
import { ConnectedBackendApi, type Target, validateRequest } from '../clients/connected-backend-api.js';
import type { TimedAnswer } from '../clients/http-connection.js';
import type { Call } from './history.js';
import { causeOf, type Denial, type KeyKind, type Owner, type RaceKey } from './race-keys.js';

const INVALID = '{"api_key_token":"This API key is not valid."}';

const spanOf = ({ invokedAt, completedAt }: TimedAnswer) => ({ invokedAt, completedAt });

/** "Valid" for another user would be worse than "not valid". */
const isAboutOwner = ({ kind, owner }: RaceKey, text: string): boolean => {
  if (kind === 'generic') return !text.includes(owner.userId) && !text.includes(owner.orgId);
  return (kind === 'organization' || text.includes(owner.userId)) && (kind === 'personal' || text.includes(owner.orgId));
};

const validationOutcome = (key: RaceKey, { status, text }: TimedAnswer): Call['outcome'] => {
  if (status === 200) return isAboutOwner(key, text) ? 'done' : 'unexpected';
  if (status === 503) return 'undecided';
  return status === 400 && text === INVALID ? 'refused' : 'unexpected';
};

const fieldsOf = (text: string): readonly string[] => {
  const parsed: unknown = JSON.parse(text);
  return typeof parsed === 'object' && parsed !== null ? Object.keys(parsed) : [];
};

/** One client of the API with one connection: it asks one thing after the other, and says of each when it was asked and answered. */
export class RaceClient extends ConnectedBackendApi {
  constructor(
    target: Target,
    readonly name: string,
  ) {
    super(target);
  }

  async newMember(orgId: string): Promise<string> {
    const userId = await this.createUser();
    await this.addMember(userId, orgId);
    return userId;
  }

  /** `refusedFields`: which fields a documented refusal may name here. `key` is null unless it was made. */
  async create(
    kind: KeyKind,
    owner: Owner,
    refusedFields: readonly string[],
    more: JsonObject = {},
  ): Promise<{ readonly call: Call; readonly key: RaceKey | null }> {
    const answer = await this.call('POST', KEYS, { ...this.#ownerFields(kind, owner), ...more });
    const call = { op: 'create' as const, by: this.name, ...spanOf(answer) };
    const detail = `${kind}, ${String(answer.status)}`;
    if (answer.status === 200) {
      const key = this.#keyOf(answer.text, kind, owner);
      return { call: { ...call, about: key.id, outcome: 'done', detail }, key };
    }
    const isDocumented = answer.status === 400 && refusedFields.includes(fieldsOf(answer.text).join());
    const outcome = answer.status === 503 || answer.status === 0 ? 'undecided' : 'unexpected';
    return {
      call: { ...call, about: `none ${crypto.randomUUID()}`, outcome: isDocumented ? 'refused' : outcome, detail: `${detail} ${answer.text}` },
      key: null,
    };
  }

  async newKey(kind: KeyKind, owner: Owner, more: JsonObject = {}): Promise<{ readonly call: Call; readonly key: RaceKey }> {
    const { call, key } = await this.create(kind, owner, [], more);
    if (key === null) throw new Error(`A key of the set-up was refused: ${String(call.detail)}`);
    return { call, key };
  }

  async validateKey(key: RaceKey): Promise<Call> {
    return this.judged(key, await this.presented(key));
  }

  presented(key: RaceKey): Promise<TimedAnswer> {
    return this.connection.exchange(key.request);
  }

  judged(key: RaceKey, answer: TimedAnswer): Call {
    const outcome = validationOutcome(key, answer);
    const call = { op: 'validate' as const, about: key.id, by: this.name, outcome, ...spanOf(answer) };
    return outcome === 'unexpected' ? { ...call, detail: `${String(answer.status)} ${answer.text}` } : call;
  }

  /** The 404 of a repeated denial counts as acknowledged: it says that the key is dead. */
  async deny(denial: Denial, keyId: string, owner: Owner): Promise<Call> {
    const answer = await this.#askToDeny(denial, keyId, owner);
    const isLost = answer.status === 503 || answer.status === 0;
    const outcome = answer.status === 200 || answer.status === 404 ? 'done' : isLost ? 'undecided' : 'unexpected';
    return { op: 'deny', about: causeOf(denial, keyId, owner), outcome, by: this.name, detail: `${String(answer.status)} ${answer.text}`, ...spanOf(answer) };
  }

  #askToDeny(denial: Denial, keyId: string, { userId, orgId }: Owner): Promise<TimedAnswer> {
    switch (denial) {
      case 'revoke':
        return this.call('DELETE', `${KEYS}/${keyId}`);
      case 'block':
        return this.call('POST', `${V1}/user/${userId}/disable`);
      case 'delete user':
        return this.call('DELETE', `${V1}/user/${userId}`);
      case 'leave':
        return this.call('POST', `${V1}/org/remove_user`, { user_id: userId, org_id: orgId });
      case 'delete org':
        return this.call('DELETE', `${V1}/org/${orgId}`);
    }
  }

  #ownerFields(kind: KeyKind, { userId, orgId }: Owner): JsonObject {
    return {
      ...(kind === 'personal' || kind === 'member' ? { user_id: userId } : {}),
      ...(kind === 'organization' || kind === 'member' ? { org_id: orgId } : {}),
    };
  }

  #keyOf(text: string, kind: KeyKind, owner: Owner): RaceKey {
    const made: unknown = JSON.parse(text);
    const request = validateRequest(this.target, textAt(made, 'api_key_token'));
    return { id: textAt(made, 'api_key_id'), kind, owner, request };
  }
}
