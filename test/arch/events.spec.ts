import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changedNames, defaultSettings, type DomainEvent, PERSONAL_FIELDS, prefixOf } from '@app/domain';
import { decodeCommit, FIRST_PREV, prepareCommit } from '@app/log';
import { World } from '@test/support/domain/decider-specification.js';
import { everyEvent } from '@test/support/log/every-event.js';

const linesOf = (file: string): readonly DomainEvent[] =>
  readFileSync(join(import.meta.dirname, 'fixtures', file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as DomainEvent);

/** Events as they lie in logs that exist. Lines are added, never changed: an old log must stay readable. */
const stored = linesOf('events.jsonl');
/** What is no longer written so: with fewer tags, or without what came later. A line that the deciders write anew moves here from the file above. */
const older = linesOf('older-events.jsonl');

const TYPES = Object.keys(PERSONAL_FIELDS);

describe('every event type', () => {
  it('has a stored sample', () => {
    expect([...new Set(stored.map(({ type }) => type as string))].toSorted()).toEqual(TYPES.toSorted());
  });

  it('is still made by the deciders exactly as it was stored; a new shape is a new version beside the old one', () => {
    expect(everyEvent()).toEqual(stored);
  });

  it.each([...older, ...stored].map((event) => [event.type, event] as const))('%s comes out of the codec as it went in', (_type, event) => {
    const content = { commandId: 'c', requestHash: null, at: 1_700_000_000_000, actor: 'system', events: [event] };
    const { commit } = prepareCommit(1, FIRST_PREV, content);
    expect(decodeCommit(JSON.parse(JSON.stringify(commit)) as typeof commit)).toMatchObject(content);
  });

  it('names what it changes by a tag that it has', () => {
    for (const event of stored) {
      for (const name of changedNames(event)) expect([event.type, event.tags.includes(name)]).toEqual([event.type, true]);
    }
  });

  it('has its personal fields in its data, or may have them', () => {
    const paths = (value: unknown, prefix = ''): string[] =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value).flatMap(([name, part]) => [prefix + name, ...paths(part, `${prefix}${name}.`)])
        : [];
    for (const [type, fields] of Object.entries(PERSONAL_FIELDS)) {
      const present = new Set(stored.filter((event) => event.type === type).flatMap(({ data }) => paths(data)));
      // Of changes only what changed is there.
      const expected = fields.filter((field) => !field.startsWith('changes.'));
      expect([type, expected.filter((field) => !present.has(field))]).toEqual([type, []]);
    }
  });

  it('folds without an error under every tag that it has, in the order of the log', () => {
    const world = new World(stored);
    for (const tag of new Set(stored.flatMap(({ tags }) => tags))) {
      const prefix = prefixOf(tag);
      expect([tag, prefix !== null && world.fold(prefix, tag) !== null]).toEqual([tag, true]);
    }
  });
});

describe('what older versions wrote', () => {
  const [created, ...changes] = older;

  it('has no host, and the defaults of settings that came later', () => {
    const environment = new World([created].filter((event) => event !== undefined)).environment('env1');
    expect(environment?.settings).toEqual(defaultSettings('https://auth.example.com'));
    expect(new World(older.slice(0, 1)).claim('auth-host-auth.example.com')).toEqual({ holder: null });
  });

  it('may change the auth URL among the settings', () => {
    const environment = new World([...older.slice(0, 1), ...changes]).environment('env1');
    expect(environment?.settings.authUrl).toBe('https://login.example.com');
    expect(environment?.previousAuthUrls.map(({ authUrl }) => authUrl)).toEqual(['https://auth.example.com']);
  });
});
