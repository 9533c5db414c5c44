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

/** The source of fills and strong reads: folded states, never a read model, so that no projection delays them. */
@Injectable()
export class LogRecordReader implements RecordReader {
  constructor(
    @Inject(EntityStates) private readonly states: EntityStates,
    @Inject(TokenHashes) private readonly hashes: TokenHashes,
    @Inject(LogTail) private readonly tail: LogTail,
  ) {}

  /**
   * Claims are read at the applied position and not kept: any caller can make up tokens with a correct checksum, and each would
   * push a needed state out of memory. Each node asks once for a claim that exists, and then keeps the record.
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
