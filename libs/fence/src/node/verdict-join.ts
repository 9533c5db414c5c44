import { type FenceRecordState, type KeyRecord, type KeyVerdictRecords, pointersOf, tags } from '@app/domain';
import type { BackendKeyRecord, EnvironmentRecord, OrganizationRecord, UserRecord } from '@app/domain';

/** What a verdict depends on besides the record of the key or backend key itself; for a backend key that is its environment alone. */
export type VerdictBasis = Omit<KeyVerdictRecords, 'key'>;

export interface BackendKeyRecords {
  readonly backendKey: BackendKeyRecord;
  readonly environment: EnvironmentRecord;
}

/** Everything that one verdict depends on, joined. */
export type ResolvedRecords =
  | { readonly kind: 'key'; readonly records: KeyVerdictRecords }
  | { readonly kind: 'backendkey'; readonly records: BackendKeyRecords };

/** Undefined if it is missing. A missing record makes the verdict undecided; it never counts as "does not exist". */
export type FindState = (name: string) => FenceRecordState | undefined;

const asUser = (state: FenceRecordState | undefined): UserRecord | undefined => (state?.kind === 'user' ? state : undefined);
const asOrg = (state: FenceRecordState | undefined): OrganizationRecord | undefined => (state?.kind === 'org' ? state : undefined);
const asEnvironment = (state: FenceRecordState | undefined): EnvironmentRecord | undefined => (state?.kind === 'env' ? state : undefined);

/** One for all: most users are in no organization, and an array for each would stay as long as they do. */
const NO_ORGS: readonly OrganizationRecord[] = [];

const joinMemberOrgs = (user: UserRecord | null, find: FindState): readonly OrganizationRecord[] | undefined => {
  const names = user === null ? [] : pointersOf(user);
  if (names.length === 0) return NO_ORGS;
  const orgs: OrganizationRecord[] = [];
  for (const name of names) {
    const org = asOrg(find(name));
    if (org === undefined) return undefined;
    orgs.push(org);
  }
  return orgs;
};

const joinKey = (key: KeyRecord, find: FindState): VerdictBasis | null => {
  const environment = asEnvironment(find(tags.env(key.environmentId)));
  const user = key.userId === null ? null : asUser(find(tags.user(key.userId)));
  const org = key.orgId === null ? null : asOrg(find(tags.org(key.orgId)));
  // A creator ends organization keys only; `pointersOf` leaves it out for the others, so it is not among the records either.
  const creator = key.orgId === null || key.creatorId === null ? null : asUser(find(tags.user(key.creatorId)));
  if (environment === undefined || user === undefined || org === undefined || creator === undefined) return null;
  const memberOrgs = joinMemberOrgs(user, find);
  return memberOrgs === undefined ? null : { environment, user, org, creator, memberOrgs };
};

/** Null if a record is missing, or `root` is neither key nor backend key. */
export const joinBasis = (root: FenceRecordState, find: FindState): VerdictBasis | null => {
  if (root.kind === 'key') return joinKey(root, find);
  if (root.kind !== 'backendkey') return null;
  const environment = asEnvironment(find(tags.env(root.environmentId)));
  return environment === undefined ? null : { environment, user: null, org: null, creator: null, memberOrgs: NO_ORGS };
};

/** `basis`: what `joinBasis` found for `root`. */
export const verdictOn = (root: FenceRecordState, basis: VerdictBasis): ResolvedRecords | null => {
  const { environment, user, org, creator, memberOrgs } = basis;
  if (root.kind === 'key') return { kind: 'key', records: { key: root, environment, user, org, creator, memberOrgs } };
  return root.kind === 'backendkey' ? { kind: 'backendkey', records: { backendKey: root, environment } } : null;
};

/** The records of the verdict over a key or backend key; null if a record is missing, or `root` is neither. */
export const joinVerdict = (root: FenceRecordState, find: FindState): ResolvedRecords | null => {
  const basis = joinBasis(root, find);
  return basis === null ? null : verdictOn(root, basis);
};
