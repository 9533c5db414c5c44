import { Inject, Injectable } from '@nestjs/common';
import type { MessageOf, ReplyTo } from '@app/platform';
import { Clock, KeyViews, UsageStore } from '@app/ports';
import { FreshKeys } from './fresh-keys.js';
import { toKeyView } from './key-view.js';

/** A page of active keys, of archived ones or of both. */
@Injectable()
export class ListKeys {
  constructor(
    @Inject(FreshKeys) private readonly fresh: FreshKeys,
    @Inject(KeyViews) private readonly views: KeyViews,
    @Inject(UsageStore) private readonly usage: UsageStore,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async run({ meta, data }: MessageOf<'keys.list-keys'>): ReplyTo<'keys.list-keys'> {
    const pos = await this.fresh.withCascades(meta.leftMs);
    const nowMs = this.clock.wall();
    const { rows, total } = await this.views.queryKeys({ ...data, environmentId: meta.environmentId, nowMs });
    const lastUsed = await this.usage.lastUsed(rows.map(({ keyId }) => keyId));
    return { data: { items: rows.map((key) => toKeyView(key, nowMs, lastUsed)), total }, pos };
  }
}
