import { Inject } from '@nestjs/common';
import { Handles, MessageHandlers } from '@app/platform';
import type { In, Out } from './message-types.js';
import { BatchUsers } from './queries/batch-users.js';
import { FetchOrganization } from './queries/fetch-organization.js';
import { FetchUser } from './queries/fetch-user.js';
import { ListEnvironments } from './queries/list-environments.js';
import { QueryOrganizations } from './queries/query-organizations.js';
import { QueryUsers } from './queries/query-users.js';

/** Questions about users, organizations and environments. */
@MessageHandlers()
export class DirectoryQueries {
  constructor(
    @Inject(ListEnvironments) private readonly environments: ListEnvironments,
    @Inject(FetchUser) private readonly user: FetchUser,
    @Inject(BatchUsers) private readonly batch: BatchUsers,
    @Inject(QueryUsers) private readonly users: QueryUsers,
    @Inject(FetchOrganization) private readonly organization: FetchOrganization,
    @Inject(QueryOrganizations) private readonly organizations: QueryOrganizations,
  ) {}

  @Handles('directory.list-environments')
  listEnvironments(message: In<'directory.list-environments'>): Out<'directory.list-environments'> {
    return this.environments.run(message);
  }

  @Handles('directory.fetch-user')
  fetchUser(message: In<'directory.fetch-user'>): Out<'directory.fetch-user'> {
    return this.user.run(message);
  }

  @Handles('directory.batch-users')
  batchUsers(message: In<'directory.batch-users'>): Out<'directory.batch-users'> {
    return this.batch.run(message);
  }

  @Handles('directory.query-users')
  queryUsers(message: In<'directory.query-users'>): Out<'directory.query-users'> {
    return this.users.run(message);
  }

  @Handles('directory.fetch-organization')
  fetchOrganization(message: In<'directory.fetch-organization'>): Out<'directory.fetch-organization'> {
    return this.organization.run(message);
  }

  @Handles('directory.query-organizations')
  queryOrganizations(message: In<'directory.query-organizations'>): Out<'directory.query-organizations'> {
    return this.organizations.run(message);
  }
}
