/**
 * What becomes of a key, as the table of kinds in the design says it, written as data: kind, settings, what happens in
 * which order, and how the key stands afterwards.
 */
export type KeyKind = 'personal' | 'organization' | 'organization + user' | 'generic';
export type Settings = 'plain' | 'invalidating' | 'reinstating' | 'invalidating and reinstating';
export const SETTINGS: Readonly<Record<Settings, Readonly<Record<string, boolean>>>> = {
  plain: {},
  invalidating: { invalidateOrgApiKeyUponUserRemoval: true },
  reinstating: { reinstateKeysOnUnblock: true },
  'invalidating and reinstating': { invalidateOrgApiKeyUponUserRemoval: true, reinstateKeysOnUnblock: true },
};

/** `expire` sets an expiry and waits for it; `will expire` and `expiry passes` are its halves, for what happens between. */
export type LifeEvent =
  | 'block'
  | 'unblock'
  | 'delete user'
  | 'leave'
  | 'rejoin'
  | 'delete org'
  | 'revoke'
  | 'revoke is refused'
  | 'change is refused'
  | 'expire'
  | 'will expire'
  | 'expiry passes'
  | 'change role'
  | 'change metadata'
  | 'rename user'
  | 'change email'
  | 'rename org'
  | 'end sessions'
  /** From here on the case is about another key of the same owner. */
  | 'new key';

export interface Standing {
  readonly validates: boolean;
  readonly list: 'current' | 'archived';
  /** Parts of the validation's answer, by path. */
  readonly answer?: Readonly<Record<string, unknown>>;
}
const DEAD: Standing = { validates: false, list: 'archived' };
const alive = (answer: Readonly<Record<string, unknown>> = {}): Standing => ({ validates: true, list: 'current', answer });

export interface LifeCase {
  readonly kind: KeyKind;
  readonly imported: boolean;
  readonly settings: Settings;
  readonly events: readonly LifeEvent[];
  readonly ends: Standing;
}

type Row = readonly [events: readonly LifeEvent[], ends: Standing];

/** A user's own keys end with the user; organizations have no say. */
const PERSONAL: readonly Row[] = [
  [[], alive({ 'user.enabled': true, org: null, user_in_org: null, 'user.org_id_to_org_info.ORG.user_role': 'Member' })],
  [['delete user'], DEAD],
  [['block', 'delete user'], DEAD],
  [['leave'], alive({ 'user.org_id_to_org_info.ORG': undefined })],
  [['leave', 'rejoin'], alive({ 'user.org_id_to_org_info.ORG.user_role': 'Member' })],
  [['delete org'], alive({ 'user.org_id_to_org_info.ORG': undefined })],
  [['revoke'], DEAD],
  [['revoke', 'revoke is refused'], DEAD],
  [['revoke', 'change is refused'], DEAD],
  [['revoke', 'block', 'unblock'], DEAD],
  [['expire'], DEAD],
  [['expire', 'revoke is refused'], DEAD],
  [['change metadata'], alive({ metadata: { changed: true } })],
  [['change role'], alive({ 'user.org_id_to_org_info.ORG.user_role': 'Admin' })],
  [['rename user'], alive({ 'user.first_name': 'Renamed' })],
  [['change email'], alive({ 'user.email': 'EMAIL' })],
  [['rename org'], alive({ 'user.org_id_to_org_info.ORG.org_name': 'Renamed org' })],
  [['end sessions'], alive()],
];
const PERSONAL_FINAL: readonly Row[] = [
  [['block'], DEAD],
  [['block', 'block'], DEAD],
  [['block', 'revoke is refused'], DEAD],
  [['block', 'change is refused'], DEAD],
  [['block', 'unblock'], DEAD],
  [['block', 'unblock', 'block', 'unblock'], DEAD],
  [['block', 'rename user', 'unblock'], DEAD],
  [['block', 'unblock', 'new key'], alive()],
  [['block', 'unblock', 'new key', 'block', 'unblock'], DEAD],
  [['will expire', 'block', 'expiry passes', 'unblock'], DEAD],
];
const PERSONAL_REINSTATED: readonly Row[] = [
  [['block'], DEAD],
  [['block', 'unblock'], alive({ 'user.enabled': true })],
  [['block', 'unblock', 'revoke'], DEAD],
  // A 404, because the key is archived; and gone for good, because a caller wanted it gone.
  [['block', 'revoke is refused', 'unblock'], DEAD],
  [['block', 'unblock', 'expire'], DEAD],
  [['block', 'unblock', 'block'], DEAD],
  [['block', 'unblock', 'block', 'unblock'], alive()],
  [['block', 'rename user', 'unblock'], alive({ 'user.first_name': 'Renamed' })],
  [['block', 'leave', 'unblock'], alive({ 'user.org_id_to_org_info.ORG': undefined })],
  [['block', 'delete user'], DEAD],
  [['will expire', 'block', 'expiry passes', 'unblock'], DEAD],
];

/** Without a user of its own an organization's key ends with the organization alone. */
const ORGANIZATION: readonly Row[] = [
  [[], alive({ user: null, user_in_org: null, user_id: null, 'org.org_name': 'NAME' })],
  [['block'], alive({ user: null })],
  [['block', 'unblock'], alive()],
  [['delete user'], alive({ user: null })],
  [['leave'], alive({ user: null })],
  [['leave', 'rejoin'], alive()],
  [['delete org'], DEAD],
  [['revoke'], DEAD],
  [['revoke', 'delete org'], DEAD],
  [['expire'], DEAD],
  [['change metadata'], alive({ metadata: { changed: true } })],
  [['change role'], alive({ user_in_org: null })],
  [['rename user'], alive({ user: null })],
  [['rename org'], alive({ 'org.org_name': 'Renamed org', 'org.name': 'Renamed org' })],
];

const MEMBERS: readonly Row[] = [
  [[], alive({ 'user.enabled': true, 'org.org_name': 'NAME', 'user_in_org.user_role': 'Member' })],
  [['delete org'], DEAD],
  [['leave', 'delete org'], DEAD],
  [['block', 'delete org'], DEAD],
  [['revoke'], DEAD],
  [['revoke', 'leave', 'rejoin'], DEAD],
  [['expire'], DEAD],
  [['change metadata'], alive({ metadata: { changed: true } })],
  [['change role'], alive({ 'user_in_org.user_role': 'Admin', 'user.org_id_to_org_info.ORG.user_role': 'Admin' })],
  [['rename user'], alive({ 'user.first_name': 'Renamed' })],
  [['change email'], alive({ 'user.email': 'EMAIL' })],
  [['rename org'], alive({ 'org.org_name': 'Renamed org', 'user_in_org.org_name': 'Renamed org' })],
  [['end sessions'], alive()],
];
const MEMBERS_KEPT: readonly Row[] = [
  [['block'], alive({ 'user.enabled': false, 'user_in_org.user_role': 'Member' })],
  [['block', 'unblock'], alive({ 'user.enabled': true })],
  [['delete user'], alive({ user: null, user_in_org: null, 'org.org_name': 'NAME' })],
  [['leave'], alive({ user_in_org: null, 'user.enabled': true, 'org.org_name': 'NAME' })],
  [['leave', 'rejoin'], alive({ 'user_in_org.user_role': 'Member' })],
  [['leave', 'block'], alive({ user_in_org: null, 'user.enabled': false })],
  [['leave', 'delete user'], alive({ user: null, user_in_org: null })],
  [['block', 'leave', 'unblock'], alive({ user_in_org: null, 'user.enabled': true })],
  [['leave', 'rejoin', 'change role'], alive({ 'user_in_org.user_role': 'Admin' })],
];
const MEMBERS_ENDED: readonly Row[] = [
  [['block'], DEAD],
  [['block', 'revoke is refused'], DEAD],
  [['block', 'revoke is refused', 'unblock'], DEAD],
  [['block', 'unblock'], alive({ 'user.enabled': true, 'user_in_org.user_role': 'Member' })],
  [['block', 'unblock', 'block'], DEAD],
  [['delete user'], DEAD],
  [['leave'], DEAD],
  [['leave', 'rejoin'], DEAD],
  [['leave', 'rejoin', 'leave', 'rejoin'], DEAD],
  [['leave', 'rejoin', 'new key'], alive({ 'user_in_org.user_role': 'Member' })],
  [['leave', 'rejoin', 'new key', 'leave', 'rejoin'], DEAD],
  [['leave', 'block', 'unblock'], DEAD],
  [['block', 'leave', 'unblock'], DEAD],
  [['block', 'leave', 'unblock', 'rejoin'], DEAD],
  [['block', 'delete user'], DEAD],
  [['will expire', 'block', 'expiry passes', 'unblock'], DEAD],
];

const GENERIC: readonly Row[] = [
  [[], alive({ user: null, org: null, user_in_org: null })],
  [['block'], alive()],
  [['delete user'], alive()],
  [['leave'], alive()],
  [['delete org'], alive()],
  [['revoke'], DEAD],
  [['revoke', 'revoke is refused'], DEAD],
  [['expire'], DEAD],
  [['change metadata'], alive({ metadata: { changed: true } })],
];

const table = (settings: Settings, kind: KeyKind, rows: readonly Row[], also: 'imported' | 'issued only' = 'imported'): readonly LifeCase[] =>
  (also === 'imported' ? [false, true] : [false]).flatMap((imported) => rows.map(([events, ends]) => ({ kind, imported, settings, events, ends })));

export const LIFE_CASES: readonly LifeCase[] = [
  ...table('plain', 'personal', [...PERSONAL, ...PERSONAL_FINAL]),
  ...table('plain', 'organization', ORGANIZATION),
  ...table('plain', 'organization + user', [...MEMBERS, ...MEMBERS_KEPT]),
  ...table('plain', 'generic', GENERIC),

  ...table('invalidating', 'personal', [...PERSONAL, ...PERSONAL_FINAL], 'issued only'),
  ...table('invalidating', 'organization', ORGANIZATION, 'issued only'),
  ...table('invalidating', 'organization + user', [...MEMBERS, ...MEMBERS_ENDED]),

  ...table('reinstating', 'personal', PERSONAL_REINSTATED),
  ...table('reinstating', 'organization + user', MEMBERS_KEPT, 'issued only'),

  ...table('invalidating and reinstating', 'personal', PERSONAL_REINSTATED, 'issued only'),
  ...table('invalidating and reinstating', 'organization + user', MEMBERS_ENDED, 'issued only'),
];

/** What happened before both settings were enabled, while they were on, and after they were off again. */
export interface SettingOrder {
  readonly kind: KeyKind;
  readonly before?: readonly LifeEvent[];
  readonly during?: readonly LifeEvent[];
  readonly after?: readonly LifeEvent[];
  readonly ends: Standing;
}
/** The event that ended a key decided; no setting read later does. */
export const SETTING_ORDERS: readonly SettingOrder[] = [
  { kind: 'organization + user', before: ['leave'], ends: alive({ user_in_org: null }) },
  { kind: 'organization + user', before: ['delete user'], ends: alive({ user: null, user_in_org: null }) },
  { kind: 'organization + user', before: ['block'], ends: alive({ 'user.enabled': false }) },
  { kind: 'organization + user', before: ['block'], during: ['unblock'], ends: alive({ 'user.enabled': true }) },
  { kind: 'organization + user', before: ['leave'], during: ['rejoin'], ends: alive({ 'user_in_org.user_role': 'Member' }) },
  { kind: 'organization + user', before: ['leave', 'rejoin'], during: ['leave'], ends: DEAD },
  { kind: 'organization + user', during: ['leave'], after: ['rejoin'], ends: DEAD },
  { kind: 'organization + user', during: ['delete user'], ends: DEAD },
  { kind: 'organization + user', during: ['block'], ends: DEAD },
  { kind: 'organization + user', during: ['block'], after: ['unblock'], ends: alive({ 'user.enabled': true }) },
  { kind: 'organization + user', during: ['block'], after: ['unblock', 'block'], ends: alive({ 'user.enabled': false }) },
  { kind: 'personal', during: ['block'], after: ['unblock'], ends: DEAD },
  { kind: 'personal', before: ['block'], during: ['unblock'], ends: alive({ 'user.enabled': true }) },
  { kind: 'personal', before: ['block', 'unblock'], during: ['block', 'unblock'], ends: DEAD },
  { kind: 'personal', during: ['block', 'unblock'], after: ['block', 'unblock'], ends: DEAD },
];

/** While a kind is off its keys do not validate, but stay where they are in the lists. */
export interface DisabledKind {
  readonly setting: 'personalApiKeysEnabled' | 'orgApiKeysEnabled';
  readonly kind: KeyKind;
  readonly refusedMeanwhile: boolean;
}
export const DISABLED_KINDS: readonly DisabledKind[] = (['personalApiKeysEnabled', 'orgApiKeysEnabled'] as const).flatMap((setting) =>
  (['personal', 'organization', 'organization + user', 'generic'] as const).map((kind) => ({
    setting,
    kind,
    refusedMeanwhile: setting === 'personalApiKeysEnabled' ? kind === 'personal' : kind.startsWith('organization'),
  })),
);
