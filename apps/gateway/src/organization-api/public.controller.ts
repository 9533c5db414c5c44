import { Controller, Inject } from '@nestjs/common';
import { VerifyTokenBody, wireMember, wireOwnOrganization, wireOwnOrganizationWithAge, wireSuccess } from '@app/http-api';
import { activeMembershipOf, notFound, tags } from '@app/domain';
import { FenceNode } from '@app/fence';
import { MemberId, WireBody } from '../api/wire-input.js';
import { Call, type EdgeCall } from '../edge/edge-call.js';
import { recordFrom } from '../edge/record-from.js';
import { ServesEdge } from '../edge/serves-edge.js';
import { AccessTokenVerifier } from '../sessions/access-token-verifier.js';

/** What an organization's own servers ask, with its key. From memory, under the fence. */
@Controller()
export class PublicController {
  constructor(
    @Inject(FenceNode) private readonly node: FenceNode,
    @Inject(AccessTokenVerifier) private readonly tokens: AccessTokenVerifier,
  ) {}

  /** Says nothing of a token that is not a member's: neither whether it is one, nor whose. */
  @ServesEdge('verify-user-token')
  async verify(@WireBody(VerifyTokenBody) { token }: VerifyTokenBody, @Call() { environment, organization: { org } }: EdgeCall) {
    const session = typeof token === 'string' ? await this.tokens.verify(environment, token) : null;
    const membership = session === null ? null : activeMembershipOf(session.user, org.orgId);
    if (session === null || membership === null) return wireSuccess({ valid: false });
    return wireSuccess({ valid: true, ...wireMember(session.user, membership), org: wireOwnOrganization(org) });
  }

  @ServesEdge('fetch-member')
  async fetchMember(@MemberId() userId: string, @Call() { organization: { org } }: EdgeCall) {
    const user = await recordFrom(this.node, tags.user(userId));
    if (user?.kind !== 'user' || user.deleted || user.blocked) throw notFound();
    const membership = activeMembershipOf(user, org.orgId);
    if (membership === null) throw notFound();
    return wireSuccess(wireMember(user, membership));
  }

  @ServesEdge('fetch-own-organization')
  fetchOrganization(@Call() { organization: { org } }: EdgeCall) {
    return wireSuccess({ org: wireOwnOrganizationWithAge(org) });
  }
}
