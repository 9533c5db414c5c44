import { Inject, Injectable } from '@nestjs/common';
import { invalidField, type OrganizationState, Refusal, tags, type UserState } from '@app/domain';
import { Deadline, LogTail } from '@app/log';
import { EntityStates, type MessageOf, type ReplyTo } from '@app/platform';
import { Clock } from '@app/ports';
import { AccessTokenSigner } from './access-token-signer.js';
import { organizationsOf } from './organizations-of.js';

/** Signs a token for a user. Linearizable: no token for a user whose block or deletion was acknowledged before the request. */
@Injectable()
export class CreateAccessToken {
  constructor(
    @Inject(LogTail) private readonly tail: LogTail,
    @Inject(EntityStates) private readonly states: EntityStates,
    @Inject(AccessTokenSigner) private readonly signer: AccessTokenSigner,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async run({ meta: { environmentId, leftMs }, data }: MessageOf<'directory.create-access-token'>): ReplyTo<'directory.create-access-token'> {
    const deadline = new Deadline(this.clock, leftMs);
    const pos = await this.tail.probe(deadline.leftMs);
    const { environment, user, organizations } = await deadline.race(this.#load(environmentId, data.userId), 'The user could not be read in time.');
    const activeOrg = activeOrgOf(organizations, data.activeOrgId);
    const { accessToken } = await this.signer.sign(environment, { user, organizations, activeOrg, sessionId: null }, data.durationMinutes * 60);
    return { data: { accessToken }, pos };
  }

  async #load(environmentId: string, userId: string) {
    const [environment, user] = await Promise.all([this.states.load('env-', tags.env(environmentId)), this.states.load('user-', tags.user(userId))]);
    if (environment === null) throw new Refusal('NOT_FOUND');
    if (!environment.settings.accessTokensEnabled) throw new Refusal('ACCESS_TOKENS_DISABLED');
    const signable = signableUser(environmentId, user);
    return { environment, user: signable, organizations: await organizationsOf(this.states, signable) };
  }
}

const signableUser = (environmentId: string, user: UserState | null): UserState => {
  if (user === null || user.deleted || user.environmentId !== environmentId) throw new Refusal('USER_NOT_FOUND');
  if (user.blocked) throw invalidField('userId', 'The user is blocked; unblock the user first.');
  return user;
};

const activeOrgOf = (organizations: readonly OrganizationState[], activeOrgId: string | null): OrganizationState | null => {
  if (activeOrgId === null) return null;
  const active = organizations.find(({ orgId }) => orgId === activeOrgId);
  // One sentence for both: a caller who is not a member must not learn whether an organization exists.
  if (active === undefined) throw invalidField('activeOrgId', 'The user is not a member of this organization.');
  return active;
};
