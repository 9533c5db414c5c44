import { ensureIndexes } from './ensure-indexes.js';
import { inTime, LONG_MS, PATIENT } from './in-time.js';
import { VIEW_INDEXES } from './indexes.js';
import type { MongoLink } from './mongo-link.js';
import { viewModels, VIEWS } from './view-models.js';

/**
 * Deletes the read models and the positions of the projections that write them; positions of others (the cascade's) stay. Processes that
 * run meanwhile refuse to save and must be restarted.
 */
export async function dropViews({ views, warn }: MongoLink): Promise<void> {
  const { projections, rows } = viewModels(views);
  await inTime(LONG_MS, async () => {
    // Positions first: after a kill in between, the remaining rows are only written again.
    await projections.deleteMany({ views: { $in: VIEWS } }).exec();
    for (const view of VIEWS) await rows[view].collection.drop({ ...PATIENT });
  });
  await ensureIndexes(views, VIEW_INDEXES, warn);
}
