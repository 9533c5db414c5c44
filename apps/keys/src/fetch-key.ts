import { Inject, Injectable } from '@nestjs/common';
import { notFound } from '@app/domain';
import type { MessageOf, ReplyTo } from '@app/platform';
import { Clock, KeyViews, UsageStore } from '@app/ports';
import { toKeyView } from './key-view.js';
import { KeysProjection } from './projection/keys-projection.js';

/** One key, archived or not; a key of another environment looks like one that does not exist. */
@Injectable()
export class FetchKey {
  constructor(
    @Inject(KeysProjection) private readonly projection: KeysProjection,
    @Inject(KeyViews) private readonly views: KeyViews,
    @Inject(UsageStore) private readonly usage: UsageStore,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async run({ meta, data: { keyId } }: MessageOf<'keys.fetch-key'>): ReplyTo<'keys.fetch-key'> {
    const pos = await this.projection.upToHead(meta.leftMs);
    const key = await this.views.keyById(meta.environmentId, keyId);
    if (key === null) throw notFound();
    return { data: toKeyView(key, this.clock.wall(), await this.usage.lastUsed([keyId])), pos };
  }
}
