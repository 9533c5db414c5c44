import { Inject } from '@nestjs/common';
import type { Message, ReplyOf, RequestOf } from '@app/messages';
import { type Done, Handles, MessageHandlers } from '@app/platform';
import { FetchKey } from './fetch-key.js';
import { ListBackendKeys } from './list-backend-keys.js';
import { ListKeys } from './list-keys.js';

@MessageHandlers()
export class KeyQueriesRpc {
  constructor(
    @Inject(FetchKey) private readonly fetch: FetchKey,
    @Inject(ListKeys) private readonly list: ListKeys,
    @Inject(ListBackendKeys) private readonly listBackend: ListBackendKeys,
  ) {}

  @Handles('keys.fetch-key')
  fetchKey(message: Message<RequestOf<'keys.fetch-key'>>): Promise<Done<ReplyOf<'keys.fetch-key'>>> {
    return this.fetch.run(message);
  }

  @Handles('keys.list-keys')
  listKeys(message: Message<RequestOf<'keys.list-keys'>>): Promise<Done<ReplyOf<'keys.list-keys'>>> {
    return this.list.run(message);
  }

  @Handles('keys.list-backend-keys')
  listBackendKeys(message: Message<RequestOf<'keys.list-backend-keys'>>): Promise<Done<ReplyOf<'keys.list-backend-keys'>>> {
    return this.listBackend.run(message);
  }
}
