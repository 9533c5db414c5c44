import type { ApiName } from '@app/http-api';

/** What an API asks of all its calls. A row of the table of endpoints says the rest. */
export interface ApiRules {
  /** Where the environment comes from: the backend key, or the host that is called. */
  readonly environmentBy: 'backend-key' | 'host';
  /** Whether the refresh token's cookie opens a call whose access token does not: a browser keeps it longer, and frameworks forward nothing else. */
  readonly takesRefreshCookie: boolean;
  /** Whether a page must send the constant that the official client sends: a form of another site cannot send a header at all. */
  readonly needsCsrfHeader: boolean;
}

export const API_RULES: Readonly<Record<ApiName, ApiRules>> = {
  backend: { environmentBy: 'backend-key', takesRefreshCookie: false, needsCsrfHeader: false },
  frontend: { environmentBy: 'host', takesRefreshCookie: true, needsCsrfHeader: true },
  organization: { environmentBy: 'host', takesRefreshCookie: false, needsCsrfHeader: false },
  session: { environmentBy: 'host', takesRefreshCookie: false, needsCsrfHeader: false },
};
