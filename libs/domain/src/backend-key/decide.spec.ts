import { describe, expect, it } from 'vitest';
import { given } from '@test/support/domain/decider-specification.js';
import { ENV, facts, OTHER_ENV } from '@test/support/domain/fixtures.js';
import { freeClaim } from '../claim.js';
import type { DomainEvent } from '../log-events.js';
import { decideIssueBackendKey, decideRevokeBackendKey, type IssueBackendKeyCommand } from './decide.js';

const cmd: IssueBackendKeyCommand = {
  backendKeyId: 'b1',
  environmentId: ENV,
  name: 'CI',
  kind: 'full-access',
  permissions: [],
  tokenTag: 'token-b1',
  pepperId: 'p1',
};
const issued = (over: Partial<IssueBackendKeyCommand> = {}): DomainEvent => ({
  type: 'backend-key.issued.v1',
  tags: ['backendkey-b1', 'token-b1'],
  data: { ...cmd, ...over },
});
const revoked: DomainEvent = { type: 'backend-key.revoked.v1', tags: ['backendkey-b1'], data: { backendKeyId: 'b1' } };

describe('issuing a backend key', () => {
  const issue = (over: Partial<IssueBackendKeyCommand> = {}) =>
    given(facts.environment()).when((world) => decideIssueBackendKey({ ...cmd, ...over }, { environment: world.environment(ENV), tokenClaim: freeClaim }));

  it.each(['full-access', 'read-and-validate', 'validation-only'] as const)('of kind %s claims its token', (kind) =>
    issue({ kind }).thenAppends(issued({ kind })),
  );
  it('of kind custom names its permissions', () =>
    issue({ kind: 'custom', permissions: ['users.read'] }).thenAppends(issued({ kind: 'custom', permissions: ['users.read'] })));
  it('of kind custom without permissions is refused', () => issue({ kind: 'custom' }).thenInvalid('permissions'));
  it('of another kind with permissions is refused', () => issue({ permissions: ['users.read'] }).thenInvalid('permissions'));
  it.each(['', '  ', 'tab\there', '\u001b[31mred', 'n'.repeat(101)])('under the name %j is refused', (name) => issue({ name }).thenInvalid('name'));
  it('in another environment finds nothing', () => issue({ environmentId: OTHER_ENV }).thenNotFound());
  it('never takes a token twice', () =>
    expect(() =>
      given(facts.environment(), issued())
        .when((world) => decideIssueBackendKey({ ...cmd, backendKeyId: 'b2' }, { environment: world.environment(ENV), tokenClaim: world.claim('token-b1') }))
        .thenNothing(),
    ).toThrow('known already'));
});

describe('revoking a backend key', () => {
  const revoke = (events: readonly DomainEvent[], environmentId = ENV) =>
    given(...events).when((world) => decideRevokeBackendKey({ backendKeyId: 'b1', environmentId }, { backendKey: world.backendKey('b1') }));

  it('ends it', () => revoke([issued()]).thenAppends(revoked));
  it('twice is already done', () => revoke([issued(), revoked]).thenNothing());
  it('that never was finds nothing', () => revoke([]).thenNotFound());
  it('of another environment finds nothing', () => revoke([issued()], OTHER_ENV).thenNotFound());
});
