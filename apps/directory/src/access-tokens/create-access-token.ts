import { Inject, Injectable } from '@nestjs/common';
import { SignJWT } from 'jose';
import { activeOrgIds, type EnvironmentState, invalidField, type OrganizationState, Refusal, tags, type UserState } from '@app/domain';
import { Deadline, LogTail } from '@app/log';
import { EntityStates } from '@app/platform';
import { Clock } from '@app/ports';
import { SigningKeys } from '../environments/signing-keys.js';
import type { In, Out } from '../message-types.js';
import { type AccessTokenClaims, accessTokenClaims } from './access-token-claims.js';

type Wanted = In<'directory.create-access-token'>['data'];

/** Signs a token for a user. Linearizable: no token for whom a block or deletion was acknowledged before the question. */
@Injectable()
export class CreateAccessToken {
  constructor(
    @Inject(LogTail) private readonly tail: LogTail,
    @Inject(EntityStates) private readonly states: EntityStates,
    @Inject(SigningKeys) private readonly keys: SigningKeys,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async run({ meta: { environmentId, leftMs }, data }: In<'directory.create-access-token'>): Out<'directory.create-access-token'> {
    const deadline = new Deadline(this.clock, leftMs);
    const pos = await this.tail.probe(deadline.leftMs);
    const { environment, user, organizations } = await deadline.race(this.#load(environmentId, data.userId), 'The user could not be read in time.');
    const activeOrg = activeOrgOf(organizations, data.activeOrgId);
    return { data: { accessToken: await this.#sign(environment, accessTokenClaims(user, organizations, activeOrg), data) }, pos };
  }

  async #load(environmentId: string, userId: string) {
    const [environment, user] = await Promise.all([
      this.states.load('env-', tags.env(environmentId)), this.states.load('user-', tags.user(userId)),
    ]);
    if (environment === null) throw new Refusal('NOT_FOUND');
    if (!environment.settings.accessTokensEnabled) throw new Refusal('ACCESS_TOKENS_DISABLED');
    const signable = signableUser(environmentId, user);
    const organizations = await Promise.all(activeOrgIds(signable).map((orgId) => this.states.load('org-', tags.org(orgId))));
    return { environment, user: signable, organizations: organizations.filter((organization) => organization !== null).filter(({ deleted }) => !deleted) };
  }

  async #sign(environment: EnvironmentState, claims: AccessTokenClaims, { userId, durationMinutes }: Wanted): Promise<string> {
    const issuedAt = Math.floor(this.clock.wall() / 1_000);
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setSubject(userId).setIssuer(environment.settings.authUrl).setIssuedAt(issuedAt).setExpirationTime(issuedAt + durationMinutes * 60)
      .sign(await this.keys.of(environment));
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
  // One sentence for both: whether an organization exists is not the business of who is no member of it.
  if (active === undefined) throw invalidField('activeOrgId', 'The user is not a member of this organization.');
  return active;
};
