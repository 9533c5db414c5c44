import { Inject, Injectable } from '@nestjs/common';
import {
  type FenceRecordState,
  prefixOf,
  tags,
  toBackendKeyRecord,
  toEnvironmentRecord,
  toHostRecord,
  toKeyRecord,
  toOrganizationRecord,
  toSessionRecord,
  toUserRecord,
} from '@app/domain';
import type { RecordReader } from '@app/fence';
import { LogTail } from '@app/log';
import { EntityStates } from '@app/platform';
import { TokenHashes } from '../tokens/token-hashes.js';

/** What fills and strong reads are answered from: folded states, never a read model, so that they wait for no projection. */
@Injectable()
export class LogRecordReader implements RecordReader {
  constructor(
    @Inject(EntityStates) private readonly states: EntityStates,
    @Inject(TokenHashes) private readonly hashes: TokenHashes,
    @Inject(LogTail) private readonly tail: LogTail,
  ) {}

  /**
   * Claims are read at what is applied and not kept: any caller can make up tokens with a right checksum, and each of them would
   * push a state that is needed out of memory. A found one is asked for once per node, which then keeps the record.
   */
  async resolveDigest(digest: string): Promise<string | null> {
    const applied = this.tail.applied;
    for (const tag of this.hashes.tagsOf(digest)) {
      const { holder } = await this.states.loadAt('token-', tag, applied);
      if (holder !== null) return holder;
    }
    return null;
  }

  async read(name: string): Promise<FenceRecordState | null> {
    switch (prefixOf(name)) {
      case 'key-':
        return recordOf(await this.states.load('key-', name), toKeyRecord);
      case 'user-':
        return recordOf(await this.states.load('user-', name), toUserRecord);
      case 'org-':
        return recordOf(await this.states.load('org-', name), toOrganizationRecord);
      case 'env-':
        return recordOf(await this.states.load('env-', name), toEnvironmentRecord);
      case 'backendkey-':
        return recordOf(await this.states.load('backendkey-', name), toBackendKeyRecord);
      case 'session-':
        return recordOf(await this.states.load('session-', name), toSessionRecord);
      case 'auth-host-':
        return toHostRecord(name.slice(tags.authHost('').length), await this.states.loadAt('auth-host-', name, this.tail.applied));
      default:
        return null;
    }
  }
}

const recordOf = <State, Record>(state: State | null, toRecord: (state: State) => Record): Record | null => (state === null ? null : toRecord(state));
