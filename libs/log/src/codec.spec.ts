import { tags } from '@app/domain';
import type { DomainEvent, JsonObject } from '@app/domain';
import type { Commit } from '@app/ports';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memberJoined, nodeJoined } from '@test/support/log/sample-events.js';
import { FIRST_PREV, chainHash, decodeCommit, positionId, prepareCommit } from './codec.js';

const content = { commandId: 'c1', requestHash: null, at: 5, actor: 'operator', events: [nodeJoined('n1')] };

describe('the codec', () => {
  it('a commit read is the commit written', () => {
    const { commit, decoded } = prepareCommit(1, FIRST_PREV, { ...content, requestHash: 'r' });
    expect(decodeCommit(commit)).toEqual(decoded);
    expect(decoded).toMatchObject({ ...content, requestHash: 'r', pos: 1, prev: FIRST_PREV, hash: chainHash(commit) });
    expect(commit.hash).toBe(decoded.hash);
  });

  it('a stored hash is never believed: readers make it from the bytes', () => {
    const { commit, decoded } = prepareCommit(1, FIRST_PREV, content);
    for (const hash of ['f'.repeat(64), null]) expect(decodeCommit({ ...commit, hash } as Commit).hash).toBe(decoded.hash);
  });

  it('every body survives, whatever its strings and keys hold', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), fc.string({ unit: 'binary' }), (values, actor) => {
        const metadata = values as JsonObject;
        const changed: DomainEvent = { type: 'api-key.metadata-changed.v1', tags: [tags.key('k1')], data: { keyId: 'k1', metadata } };
        const { commit, decoded } = prepareCommit(7, FIRST_PREV, { ...content, actor, events: [changed] });
        expect(decodeCommit({ ...commit })).toEqual(decoded);
        expect(decoded.actor).toBe(actor);
        expect(JSON.stringify(decoded.events[0])).toBe(JSON.stringify(changed));
      }),
    );
  });

  it('a commit is found by its command and by every tag of its events, each once', () => {
    const { commit } = prepareCommit(1, FIRST_PREV, { ...content, events: [memberJoined('u1', 'o1'), memberJoined('u2', 'o1')] });
    expect(commit.tags).toEqual(['command-c1', 'user-u1', 'org-o1', 'user-u2']);
  });

  it('the hash covers prev, position and body, so that any reader can recompute it', () => {
    const commit = { pos: 12, prev: 'p', body: 'b' };
    expect(positionId(12)).toBe('0000000000000012');
    expect(chainHash(commit)).toBe('98c80973e664bf65c0df3cf707d0c37d57c4be7a4282807a428dd8ac4a1fbe9a');
    for (const other of [{ pos: 13 }, { prev: 'q' }, { body: 'c' }]) expect(chainHash({ ...commit, ...other })).not.toBe(chainHash(commit));
  });

  it.each([
    ['{', 'not JSON'],
    ['[]', 'not a JSON object'],
    ['{"at":1,"actor":"a","events":[]}', 'no command id'],
    ['{"commandId":"c","at":"1","actor":"a","events":[]}', 'not a whole number'],
    ['{"commandId":"c","at":1,"events":[]}', 'no actor'],
    ['{"commandId":"c","at":1,"actor":"a","events":[]}', 'no events'],
    ['{"commandId":"c","at":1,"actor":"a","events":[{"type":"x","tags":[1],"data":{}}]}', 'type, tags or data'],
    ['{"commandId":"c","requestHash":1,"at":1,"actor":"a","events":[]}', 'request hash'],
  ])('a body that this program cannot have written is named by its position: %s', (body, problem) => {
    expect(() => decodeCommit({ pos: 9, prev: FIRST_PREV, body })).toThrow(new RegExp(`Commit 9 .*${problem}`));
  });

  it('a commit without events is not written', () => {
    expect(() => prepareCommit(1, FIRST_PREV, { ...content, events: [] })).toThrow(/no events/);
  });
});
