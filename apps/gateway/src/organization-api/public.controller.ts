import { Controller, Inject } from '@nestjs/common';
import { VerifyTokenBody, wireMember, wireOwnOrganization, wireOwnOrganizationWithAge, wireSuccess } from '@app/http-api';
import { activeMembershipOf, notFound, tags } from '@app/domain';
import { MemberId, WireBody } from '../http/wire-input.js';
import { type ApiCall, Call } from '../entry/call.js';
import { FenceRecords } from '../entry/fence-records.js';
import { Serves } from '../entry/endpoint.js';
import { AccessTokenVerifier } from '../entry/access-token-verifier.js';

/** The calls that an organization's own servers make with its key. Answered from memory, under the fence. */
@Controller()
export class PublicController {
  constructor(
    @Inject(FenceRecords) private readonly records: FenceRecords,
    @Inject(AccessTokenVerifier) private readonly tokens: AccessTokenVerifier,
  ) {}

  /** Reveals nothing about a token of a non-member: neither whether it is valid nor whose it is. */
  @Serves('verify-user-token')
  async verify(@WireBody(VerifyTokenBody) { token }: VerifyTokenBody, @Call() { environment, organizationKey: { org } }: ApiCall) {
    const session = typeof token === 'string' ? await this.tokens.verify(environment, token) : null;
    const membership = session === null ? null : activeMembershipOf(session.user, org.orgId);
    if (session === null || membership === null) return wireSuccess({ valid: false });
    return wireSuccess({ valid: true, ...wireMember(session.user, membership), org: wireOwnOrganization(org) });
  }

  @Serves('fetch-member')
  async fetchMember(@MemberId() userId: string, @Call() { organizationKey: { org } }: ApiCall) {
    const user = await this.records.byName(tags.user(userId));
    if (user?.kind !== 'user' || user.deleted || user.blocked) throw notFound();
    const membership = activeMembershipOf(user, org.orgId);
    if (membership === null) throw notFound();
    return wireSuccess(wireMember(user, membership));
  }

  @Serves('fetch-own-organization')
  fetchOrganization(@Call() { organizationKey: { org } }: ApiCall) {
    return wireSuccess({ org: wireOwnOrganizationWithAge(org) });
  }
}
