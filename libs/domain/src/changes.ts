import { hostOfOrigin } from './environment/settings.js';
import type { DataOf, DomainEvent, EventType } from './log-events.js';
import { tags } from './tags.js';

/** The names that the fence must treat as changed. Creations are none, because "unknown" is never cached; but that a host is nobody's is. */
export const changedNames = (event: DomainEvent): readonly string[] => {
  switch (event.type) {
    case 'environment.created.v1':
      return [tags.authHost(hostOfOrigin(event.data.settings.authUrl))];
    case 'environment.settings-changed.v1':
    case 'environment.signing-key-published.v1':
    case 'environment.signing-key-activated.v1':
    case 'environment.signing-key-revoked.v1':
      return [tags.env(event.data.environmentId)];
    case 'environment.auth-url-changed.v1': {
      const { environmentId, authUrl, previousAuthUrl } = event.data;
      return [...new Set([tags.env(environmentId), tags.authHost(hostOfOrigin(authUrl)), tags.authHost(hostOfOrigin(previousAuthUrl))])];
    }
    case 'session.ended.v1':
      return [tags.session(event.data.sessionId)];
    case 'user.email-changed.v1':
    case 'user.profile-changed.v1':
    case 'user.password-set.v1':
    case 'user.password-cleared.v1':
    case 'user.sessions-ended.v1':
    case 'user.org-creation-set.v1':
    case 'user.locked.v1':
    case 'user.unlocked.v1':
    case 'user.blocked.v1':
    case 'user.unblocked.v1':
    case 'user.deleted.v1':
    case 'membership.joined.v1':
    case 'membership.role-changed.v1':
    case 'membership.left.v1':
      return [tags.user(event.data.userId)];
    case 'organization.changed.v1':
    case 'organization.deleted.v1':
      return [tags.org(event.data.orgId)];
    case 'api-key.renamed.v1':
    case 'api-key.metadata-changed.v1':
    case 'api-key.expiry-changed.v1':
    case 'api-key.revoked.v1':
      return [tags.key(event.data.keyId)];
    case 'backend-key.revoked.v1':
      return [tags.backendKey(event.data.backendKeyId)];
    case 'user.created.v1':
    case 'session.started.v1':
    case 'session.refreshed.v1':
    case 'organization.created.v1':
    case 'api-key.issued.v1':
    case 'api-key.imported.v1':
    case 'api-key.invalidated.v1':
    case 'api-key.reinstated.v1':
    case 'backend-key.issued.v1':
    case 'registry.opened.v1':
    case 'registry.lease-changed.v1':
    case 'registry.node-joined.v1':
    case 'registry.node-fenced.v1':
    case 'registry.node-left.v1':
      return [];
  }
};

type PathOf<Data> = {
  [Field in keyof Data & string]: Field | (Data[Field] extends object ? `${Field}.${keyof Data[Field] & string}` : never);
}[keyof Data & string];

const USER_PROFILE_FIELDS = ['username', 'firstName', 'lastName', 'pictureUrl', 'legacyUserId', 'metadata', 'properties'] as const;
const ORGANIZATION_PROFILE_FIELDS = ['name', 'domain', 'extraDomains', 'legacyOrgId', 'metadata'] as const;

const under = <Field extends string, Name extends string>(field: Field, names: readonly Name[]): readonly `${Field}.${Name}`[] =>
  names.map((name) => `${field}.${name}` as const);

const personalFields: { readonly [Type in EventType]: readonly PathOf<DataOf<Type>>[] } = {
  'environment.created.v1': [],
  'environment.settings-changed.v1': [],
  'environment.auth-url-changed.v1': [],
  'environment.signing-key-published.v1': [],
  'environment.signing-key-activated.v1': [],
  'environment.signing-key-revoked.v1': [],
  'user.created.v1': ['email', ...under('profile', USER_PROFILE_FIELDS)],
  'user.email-changed.v1': ['email'],
  'user.profile-changed.v1': under('changes', USER_PROFILE_FIELDS),
  'user.password-set.v1': ['sealedPasswordHash'],
  'user.password-cleared.v1': [],
  'user.sessions-ended.v1': [],
  'user.locked.v1': [],
  'user.unlocked.v1': [],
  'session.started.v1': [],
  'session.refreshed.v1': [],
  'session.ended.v1': [],
  'user.org-creation-set.v1': [],
  'user.blocked.v1': [],
  'user.unblocked.v1': [],
  'user.deleted.v1': [],
  'organization.created.v1': under('profile', ORGANIZATION_PROFILE_FIELDS),
  'organization.changed.v1': under('changes', ORGANIZATION_PROFILE_FIELDS),
  'organization.deleted.v1': [],
  'membership.joined.v1': [],
  'membership.role-changed.v1': [],
  'membership.left.v1': [],
  'api-key.issued.v1': ['metadata', 'displayName'],
  'api-key.imported.v1': ['metadata', 'displayName'],
  'api-key.renamed.v1': ['displayName'],
  'api-key.metadata-changed.v1': ['metadata'],
  'api-key.expiry-changed.v1': [],
  'api-key.revoked.v1': [],
  'api-key.invalidated.v1': [],
  'api-key.reinstated.v1': [],
  'backend-key.issued.v1': ['name'],
  'backend-key.revoked.v1': [],
  'registry.opened.v1': [],
  'registry.lease-changed.v1': [],
  'registry.node-joined.v1': [],
  'registry.node-fenced.v1': [],
  'registry.node-left.v1': [],
};

/**
 * The paths into `data` that hold what is personal, so that a codec can seal them under a key per subject later without
 * touching anything else. The compiler checks each path against its event.
 */
export const PERSONAL_FIELDS: Readonly<Record<EventType, readonly string[]>> = personalFields;
