import { isArchived, type PrincipalStates } from '../archived.js';
import type { ClaimState } from '../claim.js';
import type { EnvironmentState } from '../environment/state.js';
import { organizationKeysEnabled, refuseWithoutOrganizationKeys, refuseWithoutPersonalKeys } from '../environment/switches.js';
import { existing, living, within } from '../existing.js';
import { jsonEqual, type JsonObject } from '../json.js';
import type { DomainEvent } from '../log-events.js';
import { activeMembershipOf } from '../membership/state.js';
import type { OrganizationState } from '../organization/state.js';
import { invalidField, notFound, Refusal } from '../refusal.js';
import { tags } from '../tags.js';
import type { UserState } from '../user/state.js';
import type { InvalidationCause, KeyGrant, KeyOrigin } from './events.js';
import { expirationOf, offeredOption } from './expiration.js';
import { type ApiKeyState, keyKind } from './state.js';

export interface IssueKeyCommand {
  readonly keyId: string;
  readonly environmentId: string;
  readonly origin: KeyOrigin;
  readonly tokenTag: string;
  readonly pepperId: string;
  readonly tokenPrefix: string | null;
  readonly userId: string | null;
  readonly orgId: string | null;
  /** The session's user for keys created on pages or by the frontend and organization APIs. Null for the key's own user, if it has one. */
  readonly creatorId: string | null;
  readonly expiresAtMs: number | null;
  /** In place of `expiresAtMs`: one of the options that the environment offers, or null for its default. Undefined if `expiresAtMs` decides. */
  readonly expirationOption?: string | null | undefined;
  readonly metadata: JsonObject | null;
  readonly displayName: string | null;
  readonly imported: boolean;
}
export interface IssueKeyStates {
  readonly environment: EnvironmentState | null;
  readonly user: UserState | null;
  readonly organization: OrganizationState | null;
  readonly creator: UserState | null;
  readonly tokenClaim: ClaimState;
}

const ownerOf = (cmd: IssueKeyCommand, s: IssueKeyStates): UserState | null => {
  if (cmd.userId === null) return null;
  const user = living(cmd.environmentId, s.user);
  if (user?.userId !== cmd.userId) throw invalidField('userId', 'There is no such user; give the id of an existing user.');
  if (user.blocked) throw invalidField('userId', 'The user is blocked; unblock the user first.');
  return user;
};

const organizationOf = (cmd: IssueKeyCommand, s: IssueKeyStates): OrganizationState | null => {
  if (cmd.orgId === null) return null;
  const organization = living(cmd.environmentId, s.organization);
  if (organization?.orgId !== cmd.orgId) throw invalidField('orgId', 'There is no such organization; give the id of an existing organization.');
  return organization;
};

const memberEpochOf = (user: UserState, orgId: string): number => {
  const membership = activeMembershipOf(user, orgId);
  if (membership === null) throw invalidField('userId', 'The user is not a member of the organization; add the user first.');
  return membership.epoch;
};

// A creator who left or was blocked after the edge checked must not create a key: its epoch would be the one after the
// removal, which no later removal ends.
const creatorEpochOf = (cmd: IssueKeyCommand, creatorId: string, orgId: string, s: IssueKeyStates): number => {
  const creator = living(cmd.environmentId, s.creator);
  const membership = creator?.userId === creatorId && !creator.blocked ? activeMembershipOf(creator, orgId) : null;
  if (membership === null) throw new Refusal('FORBIDDEN');
  return membership.epoch;
};

/** A backend may create an organization's keys while organizations are disabled: it created the organization too. */
const refuseDisabledKind = (cmd: IssueKeyCommand, { settings }: EnvironmentState): void => {
  const kind = keyKind(cmd);
  if (kind === 'personal') refuseWithoutPersonalKeys(settings);
  if (kind !== 'organization') return;
  refuseWithoutOrganizationKeys({ orgApiKeysEnabled: cmd.origin === 'backend' ? settings.orgApiKeysEnabled : organizationKeysEnabled(settings) });
};

/** When the key ends, by the log's clock; null if it never does. */
const expiryOf = ({ expiresAtMs, expirationOption }: IssueKeyCommand, { settings }: EnvironmentState, at: number): number | null => {
  if (expirationOption !== undefined) return expirationOf(offeredOption(expirationOption, settings), at);
  refusePastExpiry(expiresAtMs, at);
  return expiresAtMs;
};

/** The principals of the key and their epochs: copied once, so that no later epoch can revive it. */
const principalsOf = (cmd: IssueKeyCommand, s: IssueKeyStates) => {
  const user = ownerOf(cmd, s);
  const orgId = organizationOf(cmd, s)?.orgId ?? null;
  if (orgId === null) return { creatorId: null, userEpoch: user?.epoch ?? null, memberEpoch: null, creatorEpoch: null };
  const memberEpoch = user === null ? null : memberEpochOf(user, orgId);
  const creatorId = cmd.creatorId ?? cmd.userId;
  if (creatorId === cmd.userId) return { creatorId, userEpoch: null, memberEpoch, creatorEpoch: memberEpoch };
  return { creatorId, userEpoch: null, memberEpoch, creatorEpoch: creatorId === null ? null : creatorEpochOf(cmd, creatorId, orgId, s) };
};

// Named one by one: other fields of a caller's object, such as a digest, must not reach the log.
const toKeyGrant = (cmd: IssueKeyCommand, principals: ReturnType<typeof principalsOf>, expiresAtMs: number | null): KeyGrant => ({
  keyId: cmd.keyId,
  environmentId: cmd.environmentId,
  origin: cmd.origin,
  tokenTag: cmd.tokenTag,
  pepperId: cmd.pepperId,
  tokenPrefix: cmd.tokenPrefix,
  userId: cmd.userId,
  orgId: cmd.orgId,
  ...principals,
  expiresAtMs,
  metadata: cmd.metadata,
  displayName: cmd.displayName,
});

export const decideIssueKey = (cmd: IssueKeyCommand, s: IssueKeyStates, at: number): readonly DomainEvent[] => {
  const environment = existing(cmd.environmentId, s.environment);
  const principals = principalsOf(cmd, s);
  refuseDisabledKind(cmd, environment);
  const expiresAtMs = expiryOf(cmd, environment, at);
  if (s.tokenClaim.holder !== null) {
    throw invalidField('tokenTag', 'This token is or was a key already; a token can be imported only once.');
  }
  const type = cmd.imported ? 'api-key.imported.v1' : 'api-key.issued.v1';
  return [{ type, tags: [tags.key(cmd.keyId), cmd.tokenTag], data: toKeyGrant(cmd, principals, expiresAtMs) }];
};

/** The key that a command is about. */
export interface OfKey {
  readonly keyId: string;
  readonly environmentId: string;
}
/** Unchanged if left out. */
export interface UpdateKeyCommand extends OfKey {
  readonly expiresAtMs?: number | null | undefined;
  readonly metadata?: JsonObject | null | undefined;
  readonly displayName?: string | null | undefined;
}
export interface KeyStates {
  readonly key: ApiKeyState | null;
  readonly principals: PrincipalStates;
}

const currentKey = (cmd: OfKey, s: KeyStates, at: number): ApiKeyState => {
  const key = within(cmd.environmentId, s.key);
  if (key === null || isArchived(key, s.principals, at)) throw notFound();
  return key;
};

export const decideUpdateKey = (cmd: UpdateKeyCommand, s: KeyStates, at: number): readonly DomainEvent[] => {
  const key = currentKey(cmd, s, at);
  const { keyId } = key;
  const { displayName = key.displayName, metadata = key.metadata, expiresAtMs = key.expiresAtMs } = cmd;
  refusePastExpiry(expiresAtMs, at);
  const events: DomainEvent[] = [];
  if (displayName !== key.displayName) {
    events.push({ type: 'api-key.renamed.v1', tags: [tags.key(keyId)], data: { keyId, displayName } });
  }
  if (!jsonEqual(metadata, key.metadata)) {
    events.push({ type: 'api-key.metadata-changed.v1', tags: [tags.key(keyId)], data: { keyId, metadata } });
  }
  if (expiresAtMs !== key.expiresAtMs) {
    events.push({ type: 'api-key.expiry-changed.v1', tags: [tags.key(keyId)], data: { keyId, expiresAtMs } });
  }
  return events;
};

/**
 * Also for a key that has ended already, unless it was revoked: a block may be lifted and a clock may be set back, and a key that
 * a caller deleted must not return with them. The use case decides whether the caller learns of it (`isArchived`).
 */
export const decideRevokeKey = (cmd: OfKey, s: Pick<KeyStates, 'key'>): readonly DomainEvent[] => {
  const key = within(cmd.environmentId, s.key);
  if (key === null || key.revokedPos !== null) throw notFound();
  const { keyId } = key;
  return [{ type: 'api-key.revoked.v1', tags: [tags.key(keyId)], data: { keyId } }];
};

export interface InvalidateKeysCommand {
  readonly cause: InvalidationCause;
  readonly causePos: number;
  readonly keys: readonly string[];
}

/** One event per key, however often a key is named. Bookkeeping: no verdict reads it. */
export const decideInvalidateKeys = ({ cause, causePos, keys }: InvalidateKeysCommand): readonly DomainEvent[] =>
  [...new Set(keys)].map((keyId) => ({ type: 'api-key.invalidated.v1', tags: [tags.key(keyId)], data: { keyId, cause, causePos } }));

export interface ReinstateKeysCommand {
  /** The unblock's position. */
  readonly causePos: number;
  /** The position of the block that it lifts. */
  readonly invalidatedBy: number;
  readonly keys: readonly string[];
}

export const decideReinstateKeys = ({ causePos, invalidatedBy, keys }: ReinstateKeysCommand): readonly DomainEvent[] =>
  [...new Set(keys)].map((keyId) => ({ type: 'api-key.reinstated.v1', tags: [tags.key(keyId)], data: { keyId, causePos, invalidatedBy } }));

/** An expiry that is not in the future would create a key that was never valid, or end one silently. */
const refusePastExpiry = (expiresAtMs: number | null, at: number): void => {
  if (expiresAtMs !== null && expiresAtMs <= at) throw invalidField('expiresAtMs', 'must be in the future, or left out');
};
