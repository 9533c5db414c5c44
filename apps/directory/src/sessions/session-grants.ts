import { Inject, Injectable } from '@nestjs/common';
import type { SessionGrant, UserWithOrgs } from '@app/messages';
import { loginStateOf, Refusal, tags, toOrganizationRecord, toUserRecord } from '@app/domain';
import { EntityStates } from '@app/platform';
import { AccessTokenSigner } from '../access-tokens/access-token-signer.js';
import { organizationsOf } from '../access-tokens/organizations-of.js';

const ACCESS_TOKEN_SECONDS = 15 * 60;

export interface StartedSession {
  readonly userId: string;
  readonly sessionId: string;
  readonly expiresAtMs: number;
  /** Null if the access token is for all organizations of the user. */
  readonly activeOrgId: string | null;
}

/** What a continuing session gets: an access token and its user. */
@Injectable()
export class SessionGrants {
  constructor(
    @Inject(EntityStates) private readonly states: EntityStates,
    @Inject(AccessTokenSigner) private readonly signer: AccessTokenSigner,
  ) {}

  async issue(
    environmentId: string,
    { userId, sessionId, expiresAtMs, activeOrgId }: StartedSession,
  ): Promise<{ readonly grant: SessionGrant; readonly holder: UserWithOrgs }> {
    const [environment, user] = await Promise.all([this.states.load('env-', tags.env(environmentId)), this.states.load('user-', tags.user(userId))]);
    if (environment === null || user === null) throw new Refusal('SESSION_OVER');
    const organizations = await organizationsOf(this.states, user);
    const activeOrg = organizations.find(({ orgId }) => orgId === activeOrgId) ?? null;
    if (activeOrgId !== null && activeOrg === null) throw new Refusal('NOT_A_MEMBER');
    const token = await this.signer.sign(environment, { user, organizations, activeOrg, sessionId }, ACCESS_TOKEN_SECONDS);
    return {
      grant: {
        userId,
        accessToken: token.accessToken,
        accessExpiresAtMs: token.expiresAtMs,
        expiresAtMs,
        loginState: loginStateOf(user, environment.settings),
      },
      holder: { user: toUserRecord(user), orgs: organizations.map(toOrganizationRecord) },
    };
  }
}
