export const EXPIRATION_OPTIONS = ['TwoWeeks', 'OneMonth', 'ThreeMonths', 'SixMonths', 'OneYear', 'Never'] as const;
export type ExpirationOption = (typeof EXPIRATION_OPTIONS)[number];

/** A fixed window per owner: at most `allowPerPeriod` validations in `periodSize` × `periodType`. */
export interface KeyRateLimit {
  readonly periodType: 'seconds' | 'minutes' | 'hours' | 'days';
  readonly periodSize: number;
  readonly allowPerPeriod: number;
}

export interface EnvironmentSettings {
  /** Origin only (`https://host`), no port needed, no path, no trailing slash: it is the JWT issuer as it stands. */
  readonly authUrl: string;
  readonly personalApiKeysEnabled: boolean;
  readonly orgApiKeysEnabled: boolean;
  readonly organizationsEnabled: boolean;
  readonly accessTokensEnabled: boolean;
  readonly invalidateOrgApiKeyUponUserRemoval: boolean;
  readonly reinstateKeysOnUnblock: boolean;
  readonly expirationOptions: readonly ExpirationOption[];
  readonly defaultExpirationOption: ExpirationOption;
  /** Personal keys are for users with this role in some organization; null if they are for every user. */
  readonly personalApiKeyRole: string | null;
  /** Unauthenticated callers may sign up over the frontend API. */
  readonly publicSignupEnabled: boolean;
  readonly passwordLoginEnabled: boolean;
  /** A user who has not confirmed the e-mail address can log in, but neither see nor make keys. */
  readonly emailConfirmationRequired: boolean;
  /** A session ends this many whole days after its last refresh. */
  readonly sessionIdleDays: number;
  /** Origins whose pages may call the frontend API with a user's cookies, in addition to the auth URL's own. */
  readonly allowedOrigins: readonly string[];
  /** Counted per user over all personal keys; null if there is no limit. */
  readonly personalApiKeyRateLimit: KeyRateLimit | null;
  /** Counted per organization over all organization keys; null if there is no limit. */
  readonly orgApiKeyRateLimit: KeyRateLimit | null;
  /** Put before the hex of tokens that the backend and frontend APIs issue; `''` keeps them bare hex, which some clients need. */
  readonly backendTokenPrefix: string;
  /** Put before the hex of tokens that the organization API issues. */
  readonly organizationTokenPrefix: string;
}

export const defaultSettings = (authUrl: string): EnvironmentSettings => ({
  authUrl,
  personalApiKeysEnabled: true,
  orgApiKeysEnabled: true,
  organizationsEnabled: true,
  accessTokensEnabled: true,
  invalidateOrgApiKeyUponUserRemoval: false,
  reinstateKeysOnUnblock: false,
  expirationOptions: EXPIRATION_OPTIONS,
  defaultExpirationOption: 'Never',
  personalApiKeyRole: null,
  publicSignupEnabled: false,
  passwordLoginEnabled: true,
  emailConfirmationRequired: false,
  sessionIdleDays: 14,
  allowedOrigins: [],
  personalApiKeyRateLimit: null,
  orgApiKeyRateLimit: null,
  backendTokenPrefix: '',
  organizationTokenPrefix: 'pk_live_',
});

/** The host name of an origin, without its port: environments are found by it. Accepts any value, because settings are checked only later. */
export const hostOfOrigin = (origin: string): string =>
  String(origin)
    .replace(/^[a-z]+:\/\//, '')
    .replace(/:\d+$/, '');
