import type { ClaimState } from '../claim.js';
import type { EnvironmentState } from '../environment/state.js';
import { existing, within } from '../existing.js';
import type { DomainEvent } from '../log-events.js';
import { refuseBadName } from '../name-rule.js';
import { invalidField, notFound } from '../refusal.js';
import { tags } from '../tags.js';
import type { BackendKeyKind } from './events.js';
import type { BackendKeyState } from './state.js';

export interface IssueBackendKeyCommand {
  readonly backendKeyId: string;
  readonly environmentId: string;
  readonly name: string;
  readonly kind: BackendKeyKind;
  readonly permissions: readonly string[];
  readonly tokenTag: string;
  readonly pepperId: string;
}

const refusePermissions = ({ kind, permissions }: IssueBackendKeyCommand): void => {
  if (kind === 'custom' && permissions.length === 0) throw invalidField('permissions', 'must name at least one permission, or the kind must be another');
  if (kind !== 'custom' && permissions.length > 0) throw invalidField('permissions', 'must be left out: only a custom key has permissions');
};

export const decideIssueBackendKey = (
  cmd: IssueBackendKeyCommand,
  s: { readonly environment: EnvironmentState | null; readonly tokenClaim: ClaimState },
): readonly DomainEvent[] => {
  const { backendKeyId, environmentId, name, kind, permissions, tokenTag, pepperId } = cmd;
  existing(environmentId, s.environment);
  refuseBadName(name);
  refusePermissions(cmd);
  // Two random tokens cannot be equal; this is a broken source of randomness or a bug, so no client gets a refusal.
  if (s.tokenClaim.holder !== null) throw new Error('The token of a new backend key is known already.');
  return [
    {
      type: 'backend-key.issued.v1',
      tags: [tags.backendKey(backendKeyId), tokenTag],
      data: { backendKeyId, environmentId, name, kind, permissions, tokenTag, pepperId },
    },
  ];
};

export interface OfBackendKey {
  readonly backendKeyId: string;
  readonly environmentId: string;
}

export const decideRevokeBackendKey = (cmd: OfBackendKey, s: { readonly backendKey: BackendKeyState | null }): readonly DomainEvent[] => {
  const key = within(cmd.environmentId, s.backendKey);
  if (key === null) throw notFound();
  const { backendKeyId } = key;
  if (key.revokedAtMs !== null) return [];
  return [{ type: 'backend-key.revoked.v1', tags: [tags.backendKey(backendKeyId)], data: { backendKeyId } }];
};
