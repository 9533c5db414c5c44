import { type DomainEvent, type EventType, PUBLIC_FIELDS } from './log-events.js';

/** The part of a fact that services of other teams see, under the fact's own permanent name. */
export interface PublicEvent {
  readonly type: EventType;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Only the names of the changed fields; the values may be personal, and other teams read them from the backend API. */
const CHANGES = 'changes';
const CHANGED = 'changed';

/** Throws for a type that this version does not know, because only a newer version knows what to leave out. */
export const publicEvents = (events: readonly DomainEvent[]): readonly PublicEvent[] => events.map(publicEvent).filter((event) => event !== null);

const publicEvent = ({ type, data }: DomainEvent): PublicEvent | null => {
  const fields = PUBLIC_FIELDS[type];
  if (fields === undefined) throw new Error(`It is not declared here what others may see of ${type}.`);
  if (fields === null) return null;
  const all: readonly (readonly [string, unknown])[] = Object.entries(data);
  return { type, data: Object.fromEntries(all.filter(([name]) => fields.includes(name)).map(publicField)) };
};

const publicField = ([name, value]: readonly [string, unknown]): readonly [string, unknown] =>
  name === CHANGES ? [CHANGED, typeof value === 'object' && value !== null ? Object.keys(value) : []] : [name, value];
