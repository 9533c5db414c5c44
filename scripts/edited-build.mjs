// Apps with edits in copies of their sources, built as the product is.
import { sourceEdits } from './source-edits.mjs';
import { buildTemporarily } from './temporary-build.mjs';

/** Resolves with a folder that takes the place of `dist` for these apps; `remove` deletes it. */
export const buildEdited = async (edits, apps) => {
  const { plugin, requireUse } = sourceEdits(edits);
  return buildTemporarily({ name: 'edited', plugin, apps, check: requireUse });
};
