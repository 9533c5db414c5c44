// What breaks a rule of test/arch today. The lists only shrink: a rule's test fails on an offender that is not here, and on a name here that no
// longer offends.

/** Every import on a circle, among the folders of one app or library. Also those that would stay when the circle is opened elsewhere. */
export const KNOWN_CIRCLES: readonly string[] = [];

/** From a folder of an app to a file at the top of the app. */
export const KNOWN_IMPORTS_OF_TOP: readonly string[] = [
  'apps/cli: commands -> check-log-files.ts',
  'apps/cli: commands -> command-context.ts',
  'apps/cli: commands -> deployment.ts',
  'apps/cli: commands -> operator.ts',
  'apps/cli: commands -> output.ts',
];

/** Names with more than one meaning, or with a second home. */
export const KNOWN_TWIN_EXPORTS: readonly string[] = [];

/** Names of more than one product file. */
export const KNOWN_TWIN_FILES: readonly string[] = [
  'answers.ts',
  'api-keys.ts',
  'cascade.ts',
  'endpoint.ts',
  'error-format.ts',
  'fence-records.ts',
  'handlers.ts',
  'in-process-transport.ts',
  'issue-backend-key.ts',
  'messages.ts',
  'organization-api.ts',
  'organizations.ts',
  'page.ts',
  'parameters.ts',
  'sessions.ts',
  'signing-keys.ts',
  'users.ts',
  'view-columns.ts',
];
