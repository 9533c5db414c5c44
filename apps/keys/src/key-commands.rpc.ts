import { Inject } from '@nestjs/common';
import type { Message, ReplyOf, RequestOf } from '@app/messages';
import { type Done, Handles, MessageHandlers } from '@app/platform';
import { IssueBackendKey } from './issue-backend-key.js';
import { IssueKey } from './issue-key.js';
import { RevokeBackendKey } from './revoke-backend-key.js';
import { RevokeKey } from './revoke-key.js';
import { UpdateKey } from './update-key.js';

@MessageHandlers()
export class KeyCommandsRpc {
  constructor(
    @Inject(IssueKey) private readonly issue: IssueKey,
    @Inject(UpdateKey) private readonly update: UpdateKey,
    @Inject(RevokeKey) private readonly revoke: RevokeKey,
    @Inject(IssueBackendKey) private readonly issueBackend: IssueBackendKey,
    @Inject(RevokeBackendKey) private readonly revokeBackend: RevokeBackendKey,
  ) {}

  @Handles('keys.issue-key')
  issueKey(message: Message<RequestOf<'keys.issue-key'>>): Promise<Done<ReplyOf<'keys.issue-key'>>> {
    return this.issue.run(message);
  }

  @Handles('keys.update-key')
  updateKey(message: Message<RequestOf<'keys.update-key'>>): Promise<Done<ReplyOf<'keys.update-key'>>> {
    return this.update.run(message);
  }

  @Handles('keys.revoke-key')
  revokeKey(message: Message<RequestOf<'keys.revoke-key'>>): Promise<Done<ReplyOf<'keys.revoke-key'>>> {
    return this.revoke.run(message);
  }

  @Handles('keys.issue-backend-key')
  issueBackendKey(message: Message<RequestOf<'keys.issue-backend-key'>>): Promise<Done<ReplyOf<'keys.issue-backend-key'>>> {
    return this.issueBackend.run(message);
  }

  @Handles('keys.revoke-backend-key')
  revokeBackendKey(message: Message<RequestOf<'keys.revoke-backend-key'>>): Promise<Done<ReplyOf<'keys.revoke-backend-key'>>> {
    return this.revokeBackend.run(message);
  }
}
