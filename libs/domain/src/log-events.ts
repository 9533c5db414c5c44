import type { ApiKeyEvent } from './api-key/events.js';
import type { BackendKeyEvent } from './backend-key/events.js';
import type { EnvironmentEvent } from './environment/events.js';
import type { MembershipEvent } from './membership/events.js';
import type { OrganizationEvent } from './organization/events.js';
import type { RegistryEvent } from './registry/events.js';
import type { SessionEvent } from './session/events.js';
import type { UserEvent } from './user/events.js';

export type DomainEvent = EnvironmentEvent | UserEvent | SessionEvent | OrganizationEvent | MembershipEvent | ApiKeyEvent | BackendKeyEvent | RegistryEvent;
export type EventType = DomainEvent['type'];
export type DataOf<Type extends EventType> = Extract<DomainEvent, { type: Type }>['data'];

/** Where an event stands in the log. */
export interface Placed {
  readonly pos: number;
  /** The commit's time, epoch milliseconds; never smaller than that of the commit before. */
  readonly at: number;
}

export interface CommandState {
  readonly pos: number;
  readonly requestHash: string | null;
  /** The first event of the commit: enough to answer a repeated request as the first was answered. */
  readonly first: DomainEvent;
}
