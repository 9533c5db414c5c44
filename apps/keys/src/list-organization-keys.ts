import { Inject, Injectable } from '@nestjs/common';
import { LogTail } from '@app/log';
import type { MessageOf, ReplyTo } from '@app/platform';
import { Clock, KeyViews, UsageStore } from '@app/ports';
import { FreshKeys } from './fresh-keys.js';
import { toKeyView } from './key-view.js';
import { KeysProjection } from './projection/keys-projection.js';

/** A part of the list of an organization's keys. Only the first waits for cascades; the others are read at no older position. */
@Injectable()
export class ListOrganizationKeys {
  constructor(
    @Inject(FreshKeys) private readonly fresh: FreshKeys,
    @Inject(KeysProjection) private readonly projection: KeysProjection,
    @Inject(LogTail) private readonly tail: LogTail,
    @Inject(KeyViews) private readonly views: KeyViews,
    @Inject(UsageStore) private readonly usage: UsageStore,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async run({ meta, data }: MessageOf<'keys.list-organization-keys'>): ReplyTo<'keys.list-organization-keys'> {
    const { after } = data;
    if (after !== null) await this.projection.waitFor(after.pos, meta.leftMs);
    const pos = after === null ? await this.fresh.withCascades(meta.leftMs) : this.tail.applied;
    const nowMs = this.clock.wall();
    const keys = await this.views.organizationKeys({ ...data, environmentId: meta.environmentId, nowMs });
    const lastUsed = await this.usage.lastUsed(keys.map(({ keyId }) => keyId));
    const items = keys.map((key) => toKeyView({ ...key, metadata: null }, nowMs, lastUsed));
    return { data: { items, pos: after?.pos ?? pos }, pos };
  }
}
