import { randomUUID } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import { CreateUserBody, UpdateEmailBody, UpdatePasswordBody, UpdateUserBody } from '@app/http-api';
import { tags, type UserProfile } from '@app/domain';
import { RpcClient } from '@app/platform';
import { Serves } from '../entry/endpoint.js';
import { FenceRecords } from '../entry/fence-records.js';
import { LoginLimits } from '../sessions/login-limits.js';
import { DONE, textOrNull } from '../http/answers.js';
import { type ApiCall, Call } from '../entry/call.js';
import { UserId, WireBody } from '../http/wire-input.js';

const newProfile = (body: CreateUserBody): UserProfile => ({
  username: textOrNull(body.username),
  firstName: textOrNull(body.first_name),
  lastName: textOrNull(body.last_name),
  pictureUrl: null,
  legacyUserId: null,
  metadata: body.metadata,
  properties: body.properties ?? {},
  updatePasswordRequired: body.ask_user_to_update_password_on_login,
});

const profileChanges = (body: UpdateUserBody): Partial<UserProfile> => ({
  ...(body.username === null ? {} : { username: textOrNull(body.username) }),
  ...(body.first_name === null ? {} : { firstName: textOrNull(body.first_name) }),
  ...(body.last_name === null ? {} : { lastName: textOrNull(body.last_name) }),
  ...(body.picture_url === null ? {} : { pictureUrl: textOrNull(body.picture_url) }),
  ...(body.legacy_user_id === null ? {} : { legacyUserId: textOrNull(body.legacy_user_id) }),
  ...(body.metadata === null ? {} : { metadata: body.metadata }),
  ...(body.properties === null ? {} : { properties: body.properties }),
  ...(body.update_password_required === null ? {} : { updatePasswordRequired: body.update_password_required }),
});

@Controller()
export class UsersController {
  constructor(
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(LoginLimits) private readonly logins: LoginLimits,
    @Inject(FenceRecords) private readonly records: FenceRecords,
  ) {}

  @Serves('create-user')
  async create(@WireBody(CreateUserBody) body: CreateUserBody, @Call() call: ApiCall) {
    const data = {
      userId: randomUUID(),
      email: body.email,
      emailConfirmed: body.email_confirmed,
      password: body.password,
      profile: newProfile(body),
      canCreateOrgs: body.can_create_orgs,
    };
    const caller = body.password === null ? call.creator() : await call.passwordCreator();
    const { userId } = await this.rpc.call('directory.create-user', data, caller);
    return { user_id: userId };
  }

  @Serves('update-user')
  async update(@UserId() userId: string, @WireBody(UpdateUserBody) body: UpdateUserBody, @Call() call: ApiCall) {
    await this.rpc.call('directory.change-profile', { userId, changes: profileChanges(body) }, call.caller());
    if (body.can_create_orgs !== null) await this.#setOrgCreation(userId, body.can_create_orgs, call);
    return DONE;
  }

  @Serves('update-email')
  async updateEmail(@UserId() userId: string, @WireBody(UpdateEmailBody) body: UpdateEmailBody, @Call() call: ApiCall) {
    const data = { userId, newEmail: body.new_email, emailConfirmed: !body.require_email_confirmation };
    await this.rpc.call('directory.change-email', data, call.caller());
    return DONE;
  }

  @Serves('update-password')
  async updatePassword(@UserId() userId: string, @WireBody(UpdatePasswordBody) body: UpdatePasswordBody, @Call() call: ApiCall) {
    const data = { userId, password: body.password, updatePasswordRequired: body.ask_user_to_update_password_on_login };
    await this.rpc.call('directory.set-password', data, call.caller());
    return DONE;
  }

  @Serves('clear-password')
  async clearPassword(@UserId() userId: string, @Call() call: ApiCall) {
    await this.rpc.call('directory.clear-password', { userId }, call.caller());
    return DONE;
  }

  @Serves('disable-user')
  async disable(@UserId() userId: string, @Call() call: ApiCall) {
    await this.rpc.call('directory.block-user', { userId }, call.caller());
    return DONE;
  }

  @Serves('enable-user')
  async enable(@UserId() userId: string, @Call() call: ApiCall) {
    await this.rpc.call('directory.unblock-user', { userId }, call.caller());
    await this.#forgetWrongPasswords(userId, call);
    return DONE;
  }

  @Serves('delete-user')
  async delete(@UserId() userId: string, @Call() call: ApiCall) {
    await this.rpc.call('directory.delete-user', { userId }, call.caller());
    return DONE;
  }

  @Serves('logout-all-sessions')
  async logoutAllSessions(@UserId() userId: string, @Call() call: ApiCall) {
    await this.rpc.call('directory.end-sessions', { userId }, call.caller());
    return DONE;
  }

  @Serves('enable-org-creation', 'PUT')
  enableOrgCreation(@UserId() userId: string, @Call() call: ApiCall) {
    return this.#setOrgCreation(userId, true, call);
  }

  @Serves('enable-org-creation', 'POST')
  enableOrgCreationByPost(@UserId() userId: string, @Call() call: ApiCall) {
    return this.#setOrgCreation(userId, true, call);
  }

  @Serves('disable-org-creation', 'PUT')
  disableOrgCreation(@UserId() userId: string, @Call() call: ApiCall) {
    return this.#setOrgCreation(userId, false, call);
  }

  @Serves('disable-org-creation', 'POST')
  disableOrgCreationByPost(@UserId() userId: string, @Call() call: ApiCall) {
    return this.#setOrgCreation(userId, false, call);
  }

  async #setOrgCreation(userId: string, canCreateOrgs: boolean, call: ApiCall) {
    await this.rpc.call('directory.set-org-creation', { userId, canCreateOrgs }, call.caller());
    return DONE;
  }

  /** Otherwise the counted attempts would keep the user locked out. */
  async #forgetWrongPasswords(userId: string, { environmentId }: ApiCall): Promise<void> {
    const user = await this.records.byName(tags.user(userId));
    if (user?.kind === 'user') await this.logins.forget(environmentId, user.email);
  }
}
