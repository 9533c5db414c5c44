import { type ApiKeyState, keyKind } from './api-key/state.js';
import type { DomainEvent, LogPosition } from './log-events.js';

/**
 * A fact that ends or restores keys, with everything needed to say which: the event decided, and no setting is read later. Its `kind` is
 * its name in `api-key.invalidated`; an unblock has no name there, because it restores keys.
 */
export type Cause = LogPosition &
  (
    | { readonly kind: 'user.blocked'; readonly userId: string; readonly epoch: number; readonly suspendsOrgKeys: boolean }
    | {
        readonly kind: 'user.unblocked';
        readonly userId: string;
        readonly epoch: number;
        readonly reinstate: boolean;
        readonly blockedPos: number;
        readonly suspendedOrgKeys: boolean;
      }
    | {
        readonly kind: 'user.deleted';
        readonly userId: string;
        readonly epoch: number;
        readonly endsOrgKeys: boolean;
        readonly memberEpochs: Readonly<Record<string, number>>;
      }
    | { readonly kind: 'membership.left'; readonly userId: string; readonly orgId: string; readonly epoch: number }
    | { readonly kind: 'organization.deleted'; readonly orgId: string }
  );

/** The principals whose keys a cause may affect: the queries for the keys read model. Their results overlap. */
export type CausePrincipal = { readonly userId: string } | { readonly creatorId: string } | { readonly orgId: string };

/** The cause that the event is; null if it ends or restores no keys. */
export const causeOf = (event: DomainEvent, placed: LogPosition): Cause | null => {
  const { pos, at } = placed;
  switch (event.type) {
    case 'user.blocked.v1':
      return { kind: 'user.blocked', pos, at, ...event.data };
    case 'user.unblocked.v1':
      return event.data.reinstate || event.data.suspendedOrgKeys ? { kind: 'user.unblocked', pos, at, ...event.data } : null;
    case 'user.deleted.v1': {
      const { userId, epoch, endsOrgKeys, memberEpochs } = event.data;
      return { kind: 'user.deleted', pos, at, userId, epoch, endsOrgKeys, memberEpochs };
    }
    case 'membership.left.v1': {
      const { userId, orgId, epoch } = event.data;
      return event.data.endsKeys ? { kind: 'membership.left', pos, at, userId, orgId, epoch } : null;
    }
    case 'organization.deleted.v1':
      return { kind: 'organization.deleted', pos, at, orgId: event.data.orgId };
    default:
      return null;
  }
};

export const principalsOf = (cause: Cause): readonly CausePrincipal[] => {
  switch (cause.kind) {
    case 'user.blocked':
    case 'user.unblocked':
      return [{ userId: cause.userId }];
    case 'user.deleted':
      return cause.endsOrgKeys ? [{ userId: cause.userId }, { creatorId: cause.userId }] : [{ userId: cause.userId }];
    case 'membership.left':
      return [{ userId: cause.userId }, { creatorId: cause.userId }];
    case 'organization.deleted':
      return [{ orgId: cause.orgId }];
  }
};

const isPersonalOf = (key: ApiKeyState, userId: string, epoch: number): boolean =>
  keyKind(key) === 'personal' && key.userId === userId && key.userEpoch === epoch;

const isOrganizationKeyOf = (key: ApiKeyState, userId: string): boolean => keyKind(key) === 'organization' && key.userId === userId;

/** Issued for or by the user under that epoch of the membership. */
const isUnderMembership = (key: ApiKeyState, userId: string, epoch: number | undefined): boolean =>
  (key.userId === userId && key.memberEpoch === epoch) || (key.creatorId === userId && key.creatorEpoch === epoch);

const isUnderPrincipal = (cause: Cause, key: ApiKeyState): boolean => {
  switch (cause.kind) {
    case 'user.blocked':
      return isPersonalOf(key, cause.userId, cause.epoch) || (cause.suspendsOrgKeys && isOrganizationKeyOf(key, cause.userId));
    case 'user.unblocked':
      return (cause.reinstate && isPersonalOf(key, cause.userId, cause.epoch)) || (cause.suspendedOrgKeys && isOrganizationKeyOf(key, cause.userId));
    case 'user.deleted':
      if (key.orgId === null) return isPersonalOf(key, cause.userId, cause.epoch);
      return Object.hasOwn(cause.memberEpochs, key.orgId) && isUnderMembership(key, cause.userId, cause.memberEpochs[key.orgId]);
    case 'membership.left':
      return key.orgId === cause.orgId && isUnderMembership(key, cause.userId, cause.epoch);
    case 'organization.deleted':
      return key.orgId === cause.orgId;
  }
};

/**
 * Whether the cause invalidates the key or, for an unblock, reinstates it. The answer does not depend on how far any
 * cascade has come, nor on what happened to the key after the cause: every replica computes the same set at any later time.
 */
export const isAffectedBy = (cause: Cause, key: ApiKeyState): boolean => {
  const issuedBefore = key.issuedPos < (cause.kind === 'user.unblocked' ? cause.blockedPos : cause.pos);
  const revokedBefore = key.revokedPos !== null && key.revokedPos < cause.pos;
  const expiredBefore = key.expiresAtMs !== null && key.expiresAtMs <= cause.at;
  return issuedBefore && !revokedBefore && !expiredBefore && isUnderPrincipal(cause, key);
};
