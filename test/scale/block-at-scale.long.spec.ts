import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DecodedCommit } from '@app/log';
import { type Beside, BlockedUserScene, until } from './blocked-user.js';
import { chunksBetween, keysEndedBy, keysIssuedBy } from './log-reader.js';
import { canReadMemory } from './server-memory.js';

const KEYS_OF_USER = 100_000;
const CHUNK_KEYS = 500;
/** The whole process, whatever the number of keys. Most of it is the database's own cache, which fills up to 64 MB and no further. */
const MAY_GROW_BYTES = 150 * 1_024 * 1_024;

const isChunk = (commit: DecodedCommit): boolean => keysEndedBy(commit).length > 0;

describe(`blocking a user with ${String(KEYS_OF_USER)} keys`, () => {
  let scene: BlockedUserScene;
  let validBefore: readonly number[];
  let atAnswer: Awaited<ReturnType<BlockedUserScene['block']>>;
  let refusedAtOnce: readonly number[];
  let refusedAfterKill: readonly number[];
  let lives: readonly Beside[];
  let commits: readonly DecodedCommit[];

  // The story once; the tests say what must hold of it.
  beforeAll(async () => {
    scene = await BlockedUserScene.open(KEYS_OF_USER);
    validBefore = await scene.validateSample();
    atAnswer = await scene.block();
    refusedAtOnce = await scene.validateSample();
    const untilKill = await scene.loadUntil(async () => (await scene.endedSoFar()) >= KEYS_OF_USER / 3, 'kill');
    await scene.restart();
    refusedAfterKill = await scene.validateSample();
    const untilEnd = await scene.loadUntil(async () => (await scene.endedSoFar()) >= KEYS_OF_USER, 'go on');
    lives = [untilKill, untilEnd];
    await until('the lists', async () => (await scene.listed('current')) === 0);
    commits = await scene.log.commits();
  }, 600_000);
  afterAll(() => scene?.close());

  it('is one commit, in the log before the answer', () => {
    expect(validBefore).toEqual(validBefore.map(() => 200));
    expect(atAnswer.commits.filter(({ events }) => events.some(({ type }) => type === 'user.blocked.v1'))).toHaveLength(1);
    const others = atAnswer.commits.filter((commit) => !isChunk(commit) && !commit.events.some(({ type }) => type.startsWith('registry.')));
    expect(others).toHaveLength(1);
    expect(commits.filter(({ tags }) => tags.includes(`user-${scene.many.userId}`))).toHaveLength(1);
  });

  it('is one barrier', () => {
    expect(atAnswer.barriers).toBe(1);
  });

  it('refuses every key at once, and after a kill in the middle of the bookkeeping', () => {
    expect(refusedAtOnce).toEqual(refusedAtOnce.map(() => 400));
    expect(refusedAfterKill).toEqual(refusedAfterKill.map(() => 400));
  });

  it('is written down for each key once, whatever was killed meanwhile', () => {
    const ended = commits.flatMap(keysEndedBy);
    expect(ended).toHaveLength(KEYS_OF_USER);
    expect(new Set(ended).size).toBe(KEYS_OF_USER);
    const keyIds = scene.many.tokens.map((token) => token.slice(0, 32));
    expect(keyIds.filter((keyId) => !ended.includes(keyId))).toEqual([]);
  });

  it('never fills a commit with more than a chunk', () => {
    expect(Math.max(...commits.map((commit) => keysEndedBy(commit).length))).toBe(CHUNK_KEYS);
  });

  it('holds up commands that arrived together by one chunk at most', () => {
    const positionOf = new Map(commits.flatMap((commit) => keysIssuedBy(commit).map((keyId) => [keyId, commit.pos] as const)));
    const chunks = commits.filter(isChunk).map(({ pos }) => pos);
    const [first = 0, last = 0] = [chunks[0], chunks.at(-1)];
    const placed = lives.flatMap(({ bursts }) => bursts).map((keyIds) => keyIds.map((keyId) => positionOf.get(keyId)));
    const during = placed.filter((positions) => positions.some((pos = 0) => pos > first && pos < last));
    expect(during.length).toBeGreaterThan(5);
    expect(during.filter((positions) => (chunksBetween(chunks, positions) ?? Infinity) > 1)).toEqual([]);
  });

  it('leaves the validations of other keys answered', () => {
    for (const { validations } of lives) {
      expect(validations.length).toBeGreaterThan(0);
      expect(new Set(validations)).toEqual(new Set([200]));
    }
  });

  it.runIf(canReadMemory)('costs memory that does not depend on the number of keys', () => {
    for (const { grownBytes } of lives) expect(grownBytes).toBeLessThan(MAY_GROW_BYTES);
  });

  it('ends with every key in the archived list and none in the current one', async () => {
    expect([await scene.listed('current'), await scene.listed('archived')]).toEqual([0, KEYS_OF_USER]);
  });
});
