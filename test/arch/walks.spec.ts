import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '@test/support/project/source-files.js';
import { TRACED_REQUESTS } from '../../scripts/traced-requests.mjs';
import { WALKS_BY_HAND } from './walks.mjs';

const isMissing = (file: string): boolean => !existsSync(join(ROOT, file));

describe('the walks that were counted by hand', () => {
  it('are of requests that can be traced', () => {
    expect(Object.keys(WALKS_BY_HAND).filter((name) => !(name in TRACED_REQUESTS))).toEqual([]);
  });

  it.each(Object.entries(WALKS_BY_HAND))('%s names only files that exist', (_name, walk) => {
    expect(Object.keys(walk).filter(isMissing)).toEqual([]);
  });
});

it('a key is created through at most 17 files before its controller', () => {
  expect(Object.keys(WALKS_BY_HAND['create-api-key']).length).toBeLessThanOrEqual(17);
});

describe('the requests that can be traced', () => {
  it.each(Object.entries(TRACED_REQUESTS))('%s has a controller that exists', (_name, { controller }) => {
    expect(isMissing(controller)).toBe(false);
  });
});
