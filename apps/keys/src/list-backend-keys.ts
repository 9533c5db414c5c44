import { Inject, Injectable } from '@nestjs/common';
import { toBackendKeyRecord } from '@app/domain';
import type { MessageOf, ReplyTo } from '@app/platform';
import { KeyViews } from '@app/ports';
import { KeysProjection } from './projection/keys-projection.js';

/** All backend keys of the environment, revoked ones included, newest first. */
@Injectable()
export class ListBackendKeys {
  constructor(
    @Inject(KeysProjection) private readonly projection: KeysProjection,
    @Inject(KeyViews) private readonly views: KeyViews,
  ) {}

  async run({ meta }: MessageOf<'keys.list-backend-keys'>): ReplyTo<'keys.list-backend-keys'> {
    const pos = await this.projection.upToHead(meta.leftMs);
    const rows = await this.views.backendKeys(meta.environmentId);
    return { data: { backendKeys: rows.map((row) => toBackendKeyRecord(row)) }, pos };
  }
}
