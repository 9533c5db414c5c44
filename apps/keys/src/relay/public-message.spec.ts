import { describe, expect, it } from 'vitest';
import type { DomainEvent } from '@app/domain';
import { decodeCommit, FIRST_PREV, prepareCommit } from '@app/log';
import { nodeJoined } from '@test/support/log/sample-events.js';
import { publicMessage } from './public-message.js';

const commitOf = (...events: readonly DomainEvent[]) =>
  prepareCommit(7, FIRST_PREV, { commandId: 'c', requestHash: null, at: 1_700_000_000_000, actor: 'user-u', events }).decoded;
const revoked = (keyId: string): DomainEvent => ({ type: 'api-key.revoked.v1', tags: [`key-${keyId}`], data: { keyId } });

describe('a message for other teams', () => {
  it('follows from the commit alone: every reader of the log makes the same bytes', () => {
    const { commit, decoded } = prepareCommit(7, FIRST_PREV, { commandId: 'c', requestHash: 'r', at: 1, actor: 'system', events: [revoked('k')] });
    expect(publicMessage(decodeCommit(JSON.parse(JSON.stringify(commit)) as typeof commit), 1_000)).toEqual(publicMessage(decoded, 1_000));
  });

  it('says when and who, and has no environment where no event names one', () => {
    const { pos, hash, body } = publicMessage(commitOf(revoked('k'), nodeJoined('i')), 1_000);
    expect({ pos, hash }).toEqual({ pos: 7, hash: commitOf(revoked('k'), nodeJoined('i')).hash });
    expect(JSON.parse(body)).toEqual({ pos: 7, at: 1_700_000_000_000, actor: 'user-u', events: [{ type: 'api-key.revoked.v1', data: { keyId: 'k' } }] });
  });

  it('that would be larger than the server takes says that there was more, so that it cannot hold up the rest', () => {
    const many = Array.from({ length: 100 }, (_, index) => revoked(`k${index}`));
    const { body } = publicMessage(commitOf(...many), 1_000);
    expect(JSON.parse(body)).toEqual({ pos: 7, at: 1_700_000_000_000, actor: 'user-u', events: [], tooLarge: true });
  });
});
