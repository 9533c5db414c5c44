import { isRole, ROLES } from '../membership/roles.js';
import { invalidField } from '../refusal.js';
import { type EnvironmentSettings, EXPIRATION_OPTIONS, type KeyRateLimit } from './settings.js';

// Settings arrive from outside the type system (pages, files, the CLI), so every rule takes `unknown`.
type Rule = (value: unknown) => string | null;

const HOST = String.raw`[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]`;
const ORIGIN = new RegExp(`^(https?)://(?:${HOST})(?::([1-9][0-9]{0,4}))?$`);
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' };
const PERIOD_TYPES: readonly unknown[] = ['seconds', 'minutes', 'hours', 'days'] satisfies readonly KeyRateLimit['periodType'][];

const isPositiveInteger = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 1;

// Clients reduce the URL to its origin and compare the issuer of a token with it, character for character.
const isOrigin = (value: unknown): boolean => {
  const parts = typeof value === 'string' ? ORIGIN.exec(value) : null;
  if (parts === null) return false;
  const [, scheme = '', port = ''] = parts;
  return DEFAULT_PORTS[scheme] !== port && Number(port) <= 65_535;
};

const authUrl: Rule = (value) =>
  isOrigin(value)
    ? null
    : 'must be an http or https origin in lower case, without a default port, path or trailing slash, for example https://auth.example.com';

const flag: Rule = (value) => (typeof value === 'boolean' ? null : 'must be true or false');

const tokenPrefix: Rule = (value) =>
  typeof value === 'string' && /^[A-Za-z0-9_-]{0,32}$/.test(value) ? null : 'must be at most 32 letters, digits, underscores and hyphens';

const isRateLimit = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'periodType' in value &&
  PERIOD_TYPES.includes(value.periodType) &&
  'periodSize' in value &&
  isPositiveInteger(value.periodSize) &&
  'allowPerPeriod' in value &&
  isPositiveInteger(value.allowPerPeriod);

const rateLimit: Rule = (value) =>
  value === null || isRateLimit(value)
    ? null
    : 'must be null for no limit, or a period in seconds, minutes, hours or days with a whole size and a whole allowance of at least 1';

const OPTIONS: readonly unknown[] = EXPIRATION_OPTIONS;

const expirationOptions: Rule = (value) => {
  const valid = Array.isArray(value) && value.length > 0 && new Set(value).size === value.length && value.every((option) => OPTIONS.includes(option));
  return valid ? null : `must be at least one of ${EXPIRATION_OPTIONS.join(', ')}, each once`;
};

const defaultExpirationOption: Rule = (value) => (OPTIONS.includes(value) ? null : `must be one of ${EXPIRATION_OPTIONS.join(', ')}`);

const role: Rule = (value) =>
  value === null || (typeof value === 'string' && isRole(value)) ? null : `must be null for every user, or one of ${ROLES.join(', ')}`;

const idleDays: Rule = (value) => (isPositiveInteger(value) && Number(value) <= 365 ? null : 'must be whole days from 1 to 365');

const origins: Rule = (value) => {
  const valid = Array.isArray(value) && value.length <= 100 && new Set(value).size === value.length && value.every(isOrigin);
  return valid
    ? null
    : 'must be at most 100 http or https origins, each once, as browsers send them: in lower case, without a default port, path or trailing slash';
};

const RULES: Readonly<Record<keyof EnvironmentSettings, Rule>> = {
  authUrl,
  personalApiKeysEnabled: flag,
  orgApiKeysEnabled: flag,
  organizationsEnabled: flag,
  accessTokensEnabled: flag,
  invalidateOrgApiKeyUponUserRemoval: flag,
  reinstateKeysOnUnblock: flag,
  expirationOptions,
  defaultExpirationOption,
  personalApiKeyRole: role,
  publicSignupEnabled: flag,
  passwordLoginEnabled: flag,
  emailConfirmationRequired: flag,
  sessionIdleDays: idleDays,
  allowedOrigins: origins,
  personalApiKeyRateLimit: rateLimit,
  orgApiKeyRateLimit: rateLimit,
  backendTokenPrefix: tokenPrefix,
  organizationTokenPrefix: tokenPrefix,
};
const RULE_OF: ReadonlyMap<string, Rule> = new Map(Object.entries(RULES));

const refuseField = (name: string, value: unknown): void => {
  const rule = RULE_OF.get(name);
  const sentence = rule === undefined ? 'is not a setting; leave it out' : rule(value);
  if (sentence !== null) throw invalidField(name, sentence);
};

/** Refuses changes that name no setting, have an invalid value, or would leave a default that is not among the options. */
export const refuseInvalidSettings = (changes: Partial<EnvironmentSettings>, current: EnvironmentSettings): void => {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) refuseField(name, value);
  const after: EnvironmentSettings = { ...current, ...Object.fromEntries(given) };
  if (after.expirationOptions.includes(after.defaultExpirationOption)) return;
  const blamed = changes.defaultExpirationOption === undefined ? 'expirationOptions' : 'defaultExpirationOption';
  throw invalidField(blamed, 'must be one of the enabled options; change both together');
};
