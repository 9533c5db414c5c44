import {
  type ApiKeyState,
  type Cause,
  causeOf,
  decideAddMember,
  decideBlockUser,
  decideChangeRole,
  decideChangeSettings,
  decideDeleteOrganization,
  decideDeleteUser,
  decideInvalidateKeys,
  decideIssueKey,
  decideReinstateKeys,
  decideRemoveMember,
  decideRevokeKey,
  decideUnblockUser,
  decideUpdateKey,
  type DomainEvent,
  isAffectedBy,
  type EnvironmentSettings,
  isArchived,
  keyVerdict,
  Refusal,
  toEnvironmentRecord,
  toKeyRecord,
  toOrganizationRecord,
  toUserRecord,
} from '@app/domain';
import { START_MS, World } from '@test/support/domain/decider-specification.js';
import { ENV, facts, issueKey } from '@test/support/domain/fixtures.js';

export type Step =
  | { readonly do: 'block' | 'unblock' | 'delete'; readonly userId: string }
  | { readonly do: 'join' | 'leave' | 'promote'; readonly userId: string; readonly orgId: string }
  | { readonly do: 'end-organization'; readonly orgId: string }
  | { readonly do: 'settings'; readonly changes: Partial<EnvironmentSettings> }
  | { readonly do: 'issue'; readonly userId: string | null; readonly orgId: string | null; readonly creatorId: string | null; readonly livesMs: number | null }
  | { readonly do: 'revoke'; readonly key: number }
  | { readonly do: 'expire'; readonly key: number; readonly livesMs: number | null }
  | { readonly do: 'cascade' };

export const USERS = ['ada', 'bob'] as const;
export const ORGS = ['o1', 'o2'] as const;

/** Runs steps as commands against a world, one second each; refusals append nothing. The cascade runs only when a step says so. */
export class Lifecycle {
  readonly world = new World([
    facts.environment(),
    ...USERS.map((id) => facts.user(id)),
    ...ORGS.map((id) => facts.organization(id)),
    // A member who never leaves, so that the rule of the last owner does not stop the others from leaving.
    facts.user('owner'),
    ...ORGS.map((id) => facts.joined('owner', id, 'Owner')),
    ...USERS.flatMap((id) => ORGS.map((orgId) => facts.joined(id, orgId))),
  ]);
  at = START_MS + 60_000;
  #cascadedUpto = 0;
  #keys = 0;
  /** What the cascade recorded, per cause. */
  readonly recorded = new Map<number, readonly string[]>();

  get keyIds(): readonly string[] {
    return Array.from({ length: this.#keys }, (_, index) => `k${index}`);
  }

  /** The events of the step; none when it was refused or already done. */
  run(step: Step): readonly DomainEvent[] {
    this.at += 1000;
    if (step.do === 'cascade') {
      this.cascade();
      return [];
    }
    try {
      const events = this.#decide(step);
      this.world.append(events, this.at);
      return events;
    } catch (error) {
      if (error instanceof Refusal) return [];
      throw error;
    }
  }

  #decide(step: Exclude<Step, { do: 'cascade' }>): readonly DomainEvent[] {
    const environment = this.world.environment(ENV);
    if (step.do === 'settings') return decideChangeSettings({ environmentId: ENV, changes: step.changes }, { environment, host: null });
    if (step.do === 'issue') return this.#issue(step);
    if ('key' in step) return this.#changeKey(step);
    if (step.do === 'end-organization') {
      return decideDeleteOrganization({ orgId: step.orgId, environmentId: ENV }, { organization: this.world.organization(step.orgId) });
    }
    const user = this.world.user(step.userId);
    if ('orgId' in step) {
      const cmd = { userId: step.userId, orgId: step.orgId, environmentId: ENV, role: step.do === 'promote' ? 'Owner' : 'Member', additionalRoles: [] };
      const decide = { join: decideAddMember, leave: decideRemoveMember, promote: decideChangeRole }[step.do];
      return decide(cmd, { user, organization: this.world.organization(step.orgId), environment });
    }
    const decide = { block: decideBlockUser, unblock: decideUnblockUser, delete: decideDeleteUser }[step.do];
    return decide({ userId: step.userId, environmentId: ENV }, { user, environment });
  }

  #issue({ userId, orgId, creatorId, livesMs }: Extract<Step, { do: 'issue' }>): readonly DomainEvent[] {
    const cmd = issueKey(`k${this.#keys}`, { userId, orgId, creatorId, expiresAtMs: livesMs === null ? null : this.at + livesMs });
    const events = decideIssueKey(
      cmd,
      {
        environment: this.world.environment(ENV),
        user: this.world.user(userId),
        organization: this.world.organization(orgId),
        creator: this.world.user(creatorId),
        tokenClaim: this.world.claim(cmd.tokenTag),
      },
      this.at,
    );
    this.#keys += 1;
    return events;
  }

  #changeKey(step: Extract<Step, { key: number }>): readonly DomainEvent[] {
    const keyId = `k${step.key}`;
    const key = this.world.key(keyId);
    const states = { key, principals: this.world.principals(key) };
    if (step.do === 'revoke') return decideRevokeKey({ keyId, environmentId: ENV }, states);
    return decideUpdateKey({ keyId, environmentId: ENV, expiresAtMs: step.livesMs === null ? null : this.at + step.livesMs }, states, this.at);
  }

  keys(): readonly ApiKeyState[] {
    return this.keyIds.flatMap((id) => this.world.key(id) ?? []);
  }

  isValid(key: ApiKeyState): boolean {
    const { environment, user, organization, creator } = this.world.principals(key);
    if (environment === null) return false;
    return keyVerdict(
      {
        key: toKeyRecord(key),
        environment: toEnvironmentRecord(environment),
        user: user && toUserRecord(user),
        org: organization && toOrganizationRecord(organization),
        creator: creator && toUserRecord(creator),
        memberOrgs: [],
      },
      this.at,
    ).valid;
  }

  isArchived(key: ApiKeyState): boolean {
    return isArchived(key, this.world.principals(key), this.at);
  }

  /** As the lists have it: from the key's own row alone. */
  isListedAsArchived(key: ApiKeyState): boolean {
    return key.revokedPos !== null || (key.expiresAtMs !== null && key.expiresAtMs <= this.at) || key.invalidatedBy.length > 0;
  }

  /** The causes in the log, in order. */
  causes(): readonly Cause[] {
    return this.world.log.flatMap(({ event, placed }) => causeOf(event, placed) ?? []);
  }

  affectedBy(cause: Cause): readonly string[] {
    return this.keys()
      .filter((key) => isAffectedBy(cause, key))
      .map(({ keyId }) => keyId);
  }

  cascade(): void {
    for (const cause of this.causes()) {
      if (cause.pos <= this.#cascadedUpto) continue;
      const keys = this.affectedBy(cause);
      this.recorded.set(cause.pos, keys);
      this.#record(cause, keys);
      this.#cascadedUpto = cause.pos;
    }
  }

  #record(cause: Cause, keys: readonly string[]): void {
    const events =
      cause.kind === 'user.unblocked'
        ? decideReinstateKeys({ causePos: cause.pos, invalidatedBy: cause.blockedPos, keys })
        : decideInvalidateKeys({ cause: cause.kind, causePos: cause.pos, keys });
    this.world.append(events, this.at);
  }
}
