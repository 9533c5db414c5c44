import type { BackendKeyKind, BackendKeyRecord, JsonObject, KeyOrigin, KeyRecord } from '@app/domain';
import type { Empty, PageOf, Paging } from './message.js';

/** A key as lists and fetches show it. */
export interface KeyView {
  readonly key: KeyRecord;
  readonly archived: boolean;
  /** When it was revoked, expired or was invalidated, whichever came first; null while active. */
  readonly endedAtMs: number | null;
  readonly lastUsedAtMs: number | null;
}
/** Which keys of an environment, and in what order. */
export interface ListKeysData extends Paging {
  readonly life: 'active' | 'archived' | 'any';
  /** Leaves out keys that ended at or before it. */
  readonly endedAfterMs: number | null;
  readonly userId: string | null;
  readonly orgId: string | null;
  /** Only keys with a user and without an organization. */
  readonly personalOnly: boolean;
  /** Case-insensitive. */
  readonly keyIdPart: string | null;
  /** Never expiring is the latest expiry of all. */
  readonly orderBy: 'CREATED_AT_ASC' | 'CREATED_AT_DESC' | 'EXPIRES_AT_ASC' | 'EXPIRES_AT_DESC';
}
/** The default list of keys: all active ones, newest first. */
export const LIST_KEYS_DEFAULTS = {
  life: 'active',
  endedAfterMs: null,
  userId: null,
  orgId: null,
  personalOnly: false,
  keyIdPart: null,
  orderBy: 'CREATED_AT_DESC',
} as const satisfies Omit<ListKeysData, keyof Paging>;
export interface IssueKeyData {
  readonly keyId: string;
  readonly origin: KeyOrigin;
  /** SHA-256 of the token in its space (libs/tokens); the token itself never leaves the edge. */
  readonly digest: string;
  readonly tokenPrefix: string | null;
  readonly imported: boolean;
  readonly userId: string | null;
  readonly orgId: string | null;
  readonly creatorId: string | null;
  readonly expiresAtMs: number | null;
  /** In place of `expiresAtMs`: one of the options that the environment offers, or null for its default. Left out if `expiresAtMs` decides. */
  readonly expirationOption?: string | null;
  readonly metadata: JsonObject | null;
  readonly displayName: string | null;
}

/** Subjects of the keys service. Those of the fence are in libs/fence: they have a transport of their own. */
export interface KeysMessages {
  /** If the command was carried out before: the first id for an imported key; otherwise refused with TOKEN_SHOWN_ONCE and that id. */
  'keys.issue-key': { request: IssueKeyData; reply: { keyId: string } };
  'keys.update-key': {
    request: { keyId: string; expiresAtMs?: number | null; metadata?: JsonObject | null; displayName?: string | null };
    reply: Empty;
  };
  'keys.revoke-key': { request: { keyId: string }; reply: Empty };
  'keys.issue-backend-key': {
    request: { backendKeyId: string; digest: string; name: string; kind: BackendKeyKind; permissions: readonly string[] };
    reply: { backendKeyId: string };
  };
  'keys.revoke-backend-key': { request: { backendKeyId: string }; reply: Empty };

  'keys.fetch-key': { request: { keyId: string }; reply: KeyView };
  'keys.list-keys': { request: ListKeysData; reply: PageOf<KeyView> };
  /**
   * A part of the list of an organization's keys, newest first: living ones, and those that ended after a time. Without metadata, so that a part
   * stays small. `after` is the last key of the part before, with the position that the first part was read at: another replica reads from there on.
   */
  'keys.list-organization-keys': {
    request: {
      orgId: string;
      endedAfterMs: number;
      after: { readonly createdAtMs: number; readonly keyId: string; readonly pos: number } | null;
      limit: number;
    };
    reply: { items: readonly KeyView[]; pos: number };
  };
  'keys.count-usage': {
    request: { day: string; keyId: string | null; userId: string | null; orgId: string | null };
    reply: { count: number };
  };
  'keys.list-backend-keys': { request: Empty; reply: { backendKeys: readonly BackendKeyRecord[] } };
  /** Running totals of what a process validated; the only message that such a process may send to keys, besides the fence's questions. */
  'keys.usage': { request: { totals: readonly UsageTotalData[] }; reply: Empty };
}

export interface UsageTotalData {
  readonly incarnation: string;
  readonly day: string;
  readonly keyId: string;
  readonly environmentId: string;
  readonly userId: string | null;
  readonly orgId: string | null;
  readonly count: number;
  readonly lastUsedAtMs: number;
}
