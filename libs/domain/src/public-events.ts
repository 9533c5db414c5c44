import type { DataOf, DomainEvent, EventType } from './log-events.js';

/** What services of other teams see of one fact, under the fact's own permanent name. */
export interface PublicEvent {
  readonly type: EventType;
  readonly data: Readonly<Record<string, unknown>>;
}

type FieldOf<Type extends EventType> = keyof DataOf<Type> & string;

/** Of what was changed only the names of the fields are told; the values may be personal, and are asked for where they belong. */
const CHANGES = 'changes';
const CHANGED = 'changed';

const KEY_FIELDS = ['keyId', 'environmentId', 'origin', 'userId', 'orgId', 'creatorId', 'expiresAtMs'] as const;

const publicFields: { readonly [Type in EventType]: readonly FieldOf<Type>[] | null } = {
  'environment.created.v1': ['environmentId'],
  'environment.settings-changed.v1': ['environmentId', CHANGES],
  'environment.auth-url-changed.v1': ['environmentId'],
  'environment.signing-key-published.v1': ['environmentId', 'keyId'],
  'environment.signing-key-activated.v1': ['environmentId', 'keyId'],
  'environment.signing-key-revoked.v1': ['environmentId', 'keyId'],
  'user.created.v1': ['userId', 'environmentId'],
  'user.email-changed.v1': ['userId'],
  'user.profile-changed.v1': ['userId', CHANGES],
  'user.password-set.v1': ['userId'],
  'user.password-cleared.v1': ['userId'],
  'user.sessions-ended.v1': ['userId'],
  'user.locked.v1': ['userId', 'untilMs'],
  'user.unlocked.v1': ['userId'],
  'session.started.v1': ['sessionId', 'userId', 'environmentId', 'expiresAtMs'],
  // One for each user every few minutes, and nothing that others could act on.
  'session.refreshed.v1': null,
  'session.ended.v1': ['sessionId', 'userId', 'reason'],
  'user.org-creation-set.v1': ['userId', 'canCreateOrgs'],
  'user.blocked.v1': ['userId', 'suspendsOrgKeys'],
  'user.unblocked.v1': ['userId', 'reinstate', 'blockedPos', 'suspendedOrgKeys'],
  'user.deleted.v1': ['userId', 'endsOrgKeys', 'memberships'],
  'organization.created.v1': ['orgId', 'environmentId'],
  'organization.changed.v1': ['orgId', CHANGES],
  'organization.deleted.v1': ['orgId'],
  'membership.joined.v1': ['userId', 'orgId', 'role', 'additionalRoles'],
  'membership.role-changed.v1': ['userId', 'orgId', 'role', 'additionalRoles', 'previousRole'],
  'membership.left.v1': ['userId', 'orgId', 'role', 'endsKeys'],
  'api-key.issued.v1': KEY_FIELDS,
  'api-key.imported.v1': KEY_FIELDS,
  'api-key.renamed.v1': ['keyId'],
  'api-key.metadata-changed.v1': ['keyId'],
  'api-key.expiry-changed.v1': ['keyId', 'expiresAtMs'],
  'api-key.revoked.v1': ['keyId'],
  'api-key.invalidated.v1': ['keyId', 'cause', 'causePos'],
  'api-key.reinstated.v1': ['keyId', 'causePos', 'invalidatedBy'],
  'backend-key.issued.v1': ['backendKeyId', 'environmentId', 'kind', 'permissions'],
  'backend-key.revoked.v1': ['backendKeyId'],
  'registry.opened.v1': null,
  'registry.lease-changed.v1': null,
  'registry.node-joined.v1': null,
  'registry.node-fenced.v1': null,
  'registry.node-left.v1': null,
};

/**
 * The fields of each fact that others may see; null: they see nothing of it. Whatever is not named stays here: tags and hashes, sealed
 * things, peppers, epochs, personal fields. A new type of event does not compile until somebody has decided about it.
 */
export const PUBLIC_FIELDS: Readonly<Record<string, readonly string[] | null>> = publicFields;

/** Throws for a type that this version does not know: what to leave out of it is for a newer one to say. */
export const publicEvents = (events: readonly DomainEvent[]): readonly PublicEvent[] => events.map(publicEvent).filter((event) => event !== null);

const publicEvent = ({ type, data }: DomainEvent): PublicEvent | null => {
  const fields = PUBLIC_FIELDS[type];
  if (fields === undefined) throw new Error(`Nobody has said here what others may see of ${type}.`);
  if (fields === null) return null;
  const all: readonly (readonly [string, unknown])[] = Object.entries(data);
  return { type, data: Object.fromEntries(all.filter(([name]) => fields.includes(name)).map(publicField)) };
};

const publicField = ([name, value]: readonly [string, unknown]): readonly [string, unknown] =>
  name === CHANGES ? [CHANGED, typeof value === 'object' && value !== null ? Object.keys(value) : []] : [name, value];
