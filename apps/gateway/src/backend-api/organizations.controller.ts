import { randomUUID } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import {
  CreateOrganizationBody,
  MemberBody,
  MemberRoleBody,
  momentToMs,
  OrganizationsQuery,
  parseUuid,
  UpdateOrganizationBody,
  wireOrganization,
  wireOrganizationRow,
  wirePage,
} from '@app/http-api';
import { notFound, type OrganizationProfile } from '@app/domain';
import { RpcClient } from '@app/platform';
import { Serves } from '../entry/endpoint.js';
import { DONE, textOrNull } from '../http/answers.js';
import { type ApiCall, Call } from '../entry/call.js';
import { OrgId, WireBody, WireQuery } from '../http/wire-input.js';

const newProfile = (body: CreateOrganizationBody): OrganizationProfile => ({
  name: body.name,
  domain: textOrNull(body.domain),
  extraDomains: [],
  autojoinByDomain: body.enable_auto_joining_by_domain,
  restrictToDomain: body.members_must_have_matching_domain,
  maxUsers: body.max_users,
  legacyOrgId: textOrNull(body.legacy_org_id),
  customRoleMappingName: textOrNull(body.custom_role_mapping_name),
  metadata: {},
  canSetupSaml: false,
  passwordRotationEnabled: false,
  passwordRotationHistorySize: 0,
  passwordRotationPeriodDays: 0,
  require2faByMs: null,
});

const securityChanges = (body: UpdateOrganizationBody): Partial<OrganizationProfile> => ({
  ...(body.can_setup_saml === null ? {} : { canSetupSaml: body.can_setup_saml }),
  ...(body.require_2fa_by === null ? {} : { require2faByMs: momentToMs(body.require_2fa_by) }),
  ...(body.password_rotation_enabled === null ? {} : { passwordRotationEnabled: body.password_rotation_enabled }),
  ...(body.password_rotation_history_size === null ? {} : { passwordRotationHistorySize: body.password_rotation_history_size }),
  ...(body.password_rotation_period === null ? {} : { passwordRotationPeriodDays: body.password_rotation_period }),
});

const profileChanges = (body: UpdateOrganizationBody): Partial<OrganizationProfile> => ({
  ...(body.name === null ? {} : { name: body.name }),
  ...(body.metadata === null ? {} : { metadata: body.metadata }),
  ...(body.max_users === null ? {} : { maxUsers: body.max_users }),
  ...(body.autojoin_by_domain === null ? {} : { autojoinByDomain: body.autojoin_by_domain }),
  ...(body.restrict_to_domain === null ? {} : { restrictToDomain: body.restrict_to_domain }),
  ...(body.domain === null ? {} : { domain: textOrNull(body.domain) }),
  ...(body.extra_domains === null ? {} : { extraDomains: body.extra_domains }),
  ...(body.legacy_org_id === null ? {} : { legacyOrgId: textOrNull(body.legacy_org_id) }),
  ...(body.custom_role_mapping_name === null ? {} : { customRoleMappingName: textOrNull(body.custom_role_mapping_name) }),
  ...securityChanges(body),
});

/** Both ids as they are stored. A malformed one is a 404. */
const membershipIds = (body: MemberBody): { userId: string; orgId: string } => {
  const userId = parseUuid(body.user_id);
  const orgId = parseUuid(body.org_id);
  if (userId === null || orgId === null) throw notFound();
  return { userId, orgId };
};
const membershipRoles = (body: MemberRoleBody) => ({ ...membershipIds(body), role: body.role, additionalRoles: body.additional_roles });

@Controller()
export class OrganizationsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Serves('create-organization')
  async create(@WireBody(CreateOrganizationBody) body: CreateOrganizationBody, @Call() call: ApiCall) {
    const { orgId, name } = await this.rpc.call('directory.create-organization', { orgId: randomUUID(), profile: newProfile(body) }, call.creator());
    return { org_id: orgId, name };
  }

  @Serves('fetch-organization')
  async fetch(@OrgId() orgId: string, @Call() call: ApiCall) {
    return wireOrganization(await this.rpc.call('directory.fetch-organization', { orgId }, call.caller()));
  }

  @Serves('query-organizations', 'POST')
  queryByPost(@WireBody(OrganizationsQuery) query: OrganizationsQuery, @Call() call: ApiCall) {
    return this.#query(query, call);
  }

  @Serves('query-organizations', 'GET')
  queryByGet(@WireQuery(OrganizationsQuery) query: OrganizationsQuery, @Call() call: ApiCall) {
    return this.#query(query, call);
  }

  @Serves('update-organization')
  async update(@OrgId() orgId: string, @WireBody(UpdateOrganizationBody) body: UpdateOrganizationBody, @Call() call: ApiCall) {
    await this.rpc.call('directory.change-organization', { orgId, changes: profileChanges(body) }, call.caller());
    return DONE;
  }

  @Serves('delete-organization')
  async delete(@OrgId() orgId: string, @Call() call: ApiCall) {
    await this.rpc.call('directory.delete-organization', { orgId }, call.caller());
    return DONE;
  }

  @Serves('add-member')
  async addMember(@WireBody(MemberRoleBody) body: MemberRoleBody, @Call() call: ApiCall) {
    await this.rpc.call('directory.add-member', membershipRoles(body), call.caller());
    return DONE;
  }

  @Serves('change-role')
  async changeRole(@WireBody(MemberRoleBody) body: MemberRoleBody, @Call() call: ApiCall) {
    await this.rpc.call('directory.change-role', membershipRoles(body), call.caller());
    return DONE;
  }

  @Serves('remove-member')
  async removeMember(@WireBody(MemberBody) body: MemberBody, @Call() call: ApiCall) {
    await this.rpc.call('directory.remove-member', membershipIds(body), call.caller());
    return DONE;
  }

  async #query(query: OrganizationsQuery, call: ApiCall) {
    const { items, total } = await this.rpc.call(
      'directory.query-organizations',
      {
        pageNumber: query.page_number,
        pageSize: query.page_size,
        orderBy: query.order_by,
        name: textOrNull(query.name),
        legacyOrgId: textOrNull(query.legacy_org_id),
        domain: textOrNull(query.domain),
      },
      call.caller(),
    );
    return wirePage('orgs', items.map(wireOrganizationRow), total, query);
  }
}
