import { API_KEY_EVENTS, type ApiKeyEvent } from './api-key/events.js';
import { BACKEND_KEY_EVENTS, type BackendKeyEvent } from './backend-key/events.js';
import { ENVIRONMENT_EVENTS, type EnvironmentEvent } from './environment/events.js';
import type { ClaimChange, EventDeclaration } from './fact.js';
import { MEMBERSHIP_EVENTS, type MembershipEvent } from './membership/events.js';
import { ORGANIZATION_EVENTS, type OrganizationEvent } from './organization/events.js';
import { REGISTRY_EVENTS, type RegistryEvent } from './registry/events.js';
import { SESSION_EVENTS, type SessionEvent } from './session/events.js';
import { USER_EVENTS, type UserEvent } from './user/events.js';

export type DomainEvent = EnvironmentEvent | UserEvent | SessionEvent | OrganizationEvent | MembershipEvent | ApiKeyEvent | BackendKeyEvent | RegistryEvent;
export type EventType = DomainEvent['type'];
/** The compiler follows an event's type to its data along this map; it would not along a choice from the union. */
type DataByType = { readonly [Event in DomainEvent as Event['type']]: Event['data'] };
export type DataOf<Type extends EventType> = DataByType[Type];

/** The place of an event in the log. */
export interface LogPosition {
  readonly pos: number;
  /** The commit's time, epoch milliseconds; never smaller than that of the commit before. */
  readonly at: number;
}

export interface CommandState {
  readonly pos: number;
  readonly requestHash: string | null;
  /** The first event of the commit: enough to repeat the response to the first request. */
  readonly first: DomainEvent;
}

type DeclarationByType = { readonly [Type in EventType]: EventDeclaration<DataOf<Type>> };

const EVENTS: DeclarationByType = {
  ...ENVIRONMENT_EVENTS,
  ...USER_EVENTS,
  ...SESSION_EVENTS,
  ...ORGANIZATION_EVENTS,
  ...MEMBERSHIP_EVENTS,
  ...API_KEY_EVENTS,
  ...BACKEND_KEY_EVENTS,
  ...REGISTRY_EVENTS,
};

/** Undefined for a type that only a newer version knows. */
const declarationOf = <Type extends EventType>(type: Type): EventDeclaration<DataOf<Type>> | undefined => EVENTS[type];

/** The names that the fence must treat as changed. */
export const changedNames = ({ type, data }: DomainEvent): readonly string[] => declarationOf(type)?.changes?.(data) ?? [];

/** What the event does to unique things; null if it does nothing to them. */
export const claimChangeOf = ({ type, data }: DomainEvent): ClaimChange | null => declarationOf(type)?.claims?.(data) ?? null;

const declared = <Value>(read: (declaration: DeclarationByType[EventType]) => Value): Readonly<Record<EventType, Value>> =>
  Object.fromEntries(Object.entries(EVENTS).map(([type, declaration]) => [type, read(declaration)])) as Record<EventType, Value>;

/** The paths in `data` to personal data. */
export const PERSONAL_FIELDS = declared<readonly string[]>(({ personal }) => personal);

/** The fields of each event that other teams may see; null if they see none. */
export const PUBLIC_FIELDS: Readonly<Record<string, readonly string[] | null>> = declared<readonly string[] | null>(({ public: fields }) => fields);
