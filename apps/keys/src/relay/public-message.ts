import { type PublicEvent, publicEvents } from '@app/domain';
import type { DecodedCommit } from '@app/log';
import type { StreamMessage } from '@app/ports';

/** The body of a message, as JSON. */
interface PublicCommit {
  readonly pos: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly actor: string;
  /** Where one of the events names it. */
  readonly environmentId?: string;
  readonly events: readonly PublicEvent[];
  /** There were events, but too large for one message: a follower must read what it needs of them. */
  readonly tooLarge?: true;
}

const environmentOf = (events: readonly PublicEvent[]): { environmentId?: string } => {
  const environmentId = events.map(({ data }) => data['environmentId']).find((id) => typeof id === 'string');
  return environmentId === undefined ? {} : { environmentId };
};

/**
 * The public part of a commit. It depends on the commit alone, so every replica produces the same bytes. Throws for an event of a
 * newer version: a published position never changes, and this version would leave something out.
 */
export const publicMessage = ({ pos, hash, at, actor, events }: DecodedCommit, maxBodyBytes: number): StreamMessage => {
  const shown = publicEvents(events);
  if (shown.length === 0) return { pos, hash, body: '' };
  const about = { pos, at, actor, ...environmentOf(shown) };
  const whole: PublicCommit = { ...about, events: shown };
  const body = JSON.stringify(whole);
  if (Buffer.byteLength(body) <= maxBodyBytes) return { pos, hash, body };
  const cut: PublicCommit = { ...about, events: [], tooLarge: true };
  return { pos, hash, body: JSON.stringify(cut) };
};
