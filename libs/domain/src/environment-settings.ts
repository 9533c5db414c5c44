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
  /** Counted per user over all personal keys; null: no limit. */
  readonly personalApiKeyRateLimit: KeyRateLimit | null;
  /** Counted per organization over all organization keys; null: no limit. */
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
  personalApiKeyRateLimit: null,
  orgApiKeyRateLimit: null,
  backendTokenPrefix: '',
  organizationTokenPrefix: 'pk_live_',
});
