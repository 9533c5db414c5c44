import { describe, expect, it } from 'vitest';
import { traceWalks } from '../../scripts/request-walk.mjs';

/** In the order of a request that finds everything in memory. It may go down and never up: each file more is one more to open. */
const MAX_FILES_BEFORE_CONTROLLER = 29;

describe('the walk of a request', () => {
  it(`a key's creation passes at most ${MAX_FILES_BEFORE_CONTROLLER} files between socket and controller`, async () => {
    const [walk] = await traceWalks(['create-api-key']);
    const before = walk?.entries.slice(0, walk.filesBeforeController).map(({ file }) => file) ?? [];
    expect(before.length, before.join('\n')).toBeLessThanOrEqual(MAX_FILES_BEFORE_CONTROLLER);
  });
});
