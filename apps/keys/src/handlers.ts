import type { KeysMessages } from '@app/messages';
import type { HandlerTable } from '@app/platform';
import { CountUsage } from './count-usage.js';
import { FetchKey } from './fetch-key.js';
import { IssueBackendKey } from './issue-backend-key.js';
import { IssueKey } from './issue-key.js';
import { revokeBackendKey, revokeKey, updateKey } from './key-changes.js';
import { ListBackendKeys } from './list-backend-keys.js';
import { ListKeys } from './list-keys.js';
import { ListOrganizationKeys } from './list-organization-keys.js';
import { RecordUsage } from './record-usage.js';

/** Which use case handles which message. The changes need nothing but their message. */
export const KEYS_HANDLERS = {
  'keys.issue-key': IssueKey,
  'keys.update-key': { change: updateKey },
  'keys.revoke-key': { change: revokeKey },
  'keys.fetch-key': FetchKey,
  'keys.list-keys': ListKeys,
  'keys.list-organization-keys': ListOrganizationKeys,

  'keys.issue-backend-key': IssueBackendKey,
  'keys.revoke-backend-key': { change: revokeBackendKey },
  'keys.list-backend-keys': ListBackendKeys,

  'keys.count-usage': CountUsage,
  'keys.usage': RecordUsage,
} satisfies HandlerTable<keyof KeysMessages, unknown>;
