import { Inject } from '@nestjs/common';
import { Handles, MessageHandlers } from '@app/platform';
import { DirectoryChanges } from './directory-changes.js';
import type { In, Out } from './message-types.js';
import { addMember } from './organizations/add-member.js';
import { changeOrganization } from './organizations/change-organization.js';
import { changeRole } from './organizations/change-role.js';
import { CreateOrganization } from './organizations/create-organization.js';
import { deleteOrganization } from './organizations/delete-organization.js';
import { removeMember } from './organizations/remove-member.js';

/** Commands on organizations and their members. */
@MessageHandlers()
export class OrganizationCommands {
  constructor(
    @Inject(DirectoryChanges) private readonly changes: DirectoryChanges,
    @Inject(CreateOrganization) private readonly creation: CreateOrganization,
  ) {}

  @Handles('directory.create-organization')
  createOrganization(message: In<'directory.create-organization'>): Out<'directory.create-organization'> {
    return this.creation.run(message);
  }

  @Handles('directory.change-organization')
  changeOrganization(message: In<'directory.change-organization'>): Out<'directory.change-organization'> {
    return this.changes.make(message.meta, changeOrganization(message));
  }

  @Handles('directory.delete-organization')
  deleteOrganization(message: In<'directory.delete-organization'>): Out<'directory.delete-organization'> {
    return this.changes.make(message.meta, deleteOrganization(message));
  }

  @Handles('directory.add-member')
  addMember(message: In<'directory.add-member'>): Out<'directory.add-member'> {
    return this.changes.make(message.meta, addMember(message));
  }

  @Handles('directory.change-role')
  changeRole(message: In<'directory.change-role'>): Out<'directory.change-role'> {
    return this.changes.make(message.meta, changeRole(message));
  }

  @Handles('directory.remove-member')
  removeMember(message: In<'directory.remove-member'>): Out<'directory.remove-member'> {
    return this.changes.make(message.meta, removeMember(message));
  }
}
