import { type DomainEvent, type EventType, Refusal } from '@app/domain';
import type { Outcome } from '@app/log';

type EventOf<Type extends EventType> = Extract<DomainEvent, { readonly type: Type }>;
const isOf = <Type extends EventType>(event: DomainEvent | null, type: Type): event is EventOf<Type> => event?.type === type;

/** What the command created, now or when it was carried out before: a repetition returns the ids of the first time. */
export const createdBy = <Type extends EventType>({ first }: Outcome, type: Type): EventOf<Type> => {
  if (isOf(first, type)) return first;
  throw new Refusal('IDEMPOTENCY_KEY_REUSED');
};
