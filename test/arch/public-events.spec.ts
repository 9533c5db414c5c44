import { describe, expect, it } from 'vitest';
import { type DomainEvent, type EventType, PERSONAL_FIELDS, PUBLIC_FIELDS, publicEvents } from '@app/domain';
import { everyEvent } from '@test/support/log/every-event.js';

/**
 * All that ever leaves an event. A line that is added here is shown to every team that follows the stream: no hash, tag, name, address,
 * metadata or sealed thing, and nothing that a person wrote.
 */
const SHOWN = [
  'additionalRoles.0',
  'backendKeyId',
  'blockedPos',
  'canCreateOrgs',
  'cause',
  'causePos',
  'changed.0',
  'creatorId',
  'endsKeys',
  'endsOrgKeys',
  'environmentId',
  'expiresAtMs',
  'invalidatedBy',
  'keyId',
  'kind',
  'memberships.0.orgId',
  'memberships.0.role',
  'orgId',
  'origin',
  'permissions.0',
  'previousRole',
  'reason',
  'reinstate',
  'role',
  'sessionId',
  'suspendedOrgKeys',
  'suspendsOrgKeys',
  'untilMs',
  'userId',
];

/** Its table says that nothing of it is shown. */
const isKept = (type: EventType): boolean => PUBLIC_FIELDS[type] === null;

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;
const marked = (path: string): string => `planted:${path}:`;

/** Every leaf becomes a text that can be found again, in keys too where others choose them. */
const plant = (value: unknown, path: string): unknown => {
  if (Array.isArray(value)) return value.map((part, index) => plant(part, `${path}.${index}`));
  if (!isObject(value) || Object.keys(value).length === 0) return marked(path);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plant(part, `${path}.${name}`)]));
};
const plantIn = (data: Json): Json => Object.fromEntries(Object.entries(data).map(([name, part]) => [name, plant(part, name)]));

/** With every personal field there, also where a sample lacks it, holding a text under a key that is one too. */
const withPersonalFields = (type: EventType, data: Json): Json => {
  const filled: Record<string, unknown> = { ...data };
  for (const path of PERSONAL_FIELDS[type]) {
    const [field = '', inner] = path.split('.');
    const secret = { [marked('personal')]: marked('personal') };
    const outer = filled[field];
    filled[field] = inner === undefined ? secret : { ...(isObject(outer) ? outer : {}), [inner]: secret };
  }
  return filled;
};

const planted = everyEvent().map(({ type, data }) => {
  const sample = plantIn(type === 'user.deleted.v1' ? { ...data, memberships: [{ orgId: 'o', role: 'r' }] } : { ...data });
  return { type, tags: [marked('tags')], data: withPersonalFields(type, sample) } as unknown as DomainEvent;
});

/** Paths; a list of names of changed fields counts once. */
const leavesOf = (value: unknown, path: readonly string[]): readonly string[] =>
  isObject(value) ? Object.entries(value).flatMap(([name, part]) => leavesOf(part, [...path, name])) : [path.join('.')];

describe('what other teams see of an event', () => {
  it('is what is listed here, of every type', () => {
    const shown = publicEvents(planted)
      .flatMap(({ data }) => leavesOf(data, []))
      .map((path) => path.replace(/^(changed)\.\d+$/, '$1.0'));
    expect([...new Set(shown)].toSorted()).toEqual(SHOWN.toSorted());
  });

  it.each(planted.map((event) => [event.type, event] as const))('%s: neither what is personal nor what is secret', (type, event) => {
    const text = JSON.stringify(publicEvents([event]));
    expect(text).not.toContain(marked('personal'));
    expect(text).not.toContain(marked('tags'));
    expect(text).not.toMatch(/planted:[^:]*(?:tag|pepper|sealed|hash|email|prefix|slug|pem|name|metadata|propert|epoch|inc\b)/i);
    if (isKept(type)) expect(text).toBe('[]');
    else expect(text).toContain('planted:');
  });
});
