import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { SettingsReader } from '@app/platform';

/** The configuration of the events for other teams: the stream, and one consumer for each team. */
export const STREAM = 'KEYFENCE';
export const EVENTS_SUBJECT = 'keyfence.events';
/** Header of every message: its commit's hash. */
export const HASH_HEADER = 'Keyfence-Hash';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MIB = 1_048_576;
const ACK_WAIT_MS = 30_000;
/** One word of a subject, and part of a file name on the server. */
const TEAM_NAME = /^[a-z][a-z0-9-]{0,31}$/;

export interface EventStreamSettings {
  /** How long a team may be offline without missing anything. */
  readonly maxAgeMs: number;
  /** The oldest messages go first. */
  readonly maxBytes: number;
  /** Of the stream, on a cluster of NATS servers. */
  readonly replicas: number;
  /** After which an unacknowledged message is sent again. */
  readonly ackWaitMs: number;
  /** Each gets a consumer. A team that is no longer named keeps its own until an operator deletes it. */
  readonly teams: readonly string[];
}

export const durableOf = (team: string): string => `team-${team}`;
export const deliverySubjectOf = (team: string): string => `teams.${team}.events`;

/** Problems are reported when the reader finishes. */
export const readEventStreamSettings = (reader: SettingsReader): EventStreamSettings => {
  const teams = reader.list({
    name: 'EVENT_TEAMS',
    unset: 'none',
    accepted: 'names of lower-case letters, digits and hyphens, separated by commas',
    see: 'docs/events-stream.md',
    meaning: 'Teams that get the event stream, each through a durable consumer `team-<team>`.',
  });
  const wrong = teams.filter((team) => !TEAM_NAME.test(team));
  if (wrong.length > 0) reader.refuse(`EVENT_TEAMS has names that are not lower-case letters, digits and hyphens: ${wrong.join(', ')}.`);
  return {
    maxAgeMs:
      reader.integer({ name: 'EVENTS_MAX_AGE_HOURS', default: 168, min: 1, max: 87_600, unit: 'hours', meaning: 'How long the stream keeps a message.' }) *
      HOUR_MS,
    maxBytes:
      reader.integer({
        name: 'EVENTS_MAX_MIB',
        default: 1_024,
        min: 1,
        max: 1_048_576,
        unit: 'MiB',
        meaning: 'How much the stream keeps; it deletes the oldest messages first.',
      }) * MIB,
    replicas: reader.integer({ name: 'EVENTS_REPLICAS', default: 1, min: 1, max: 5, meaning: 'Copies of the stream on a cluster of NATS servers.' }),
    ackWaitMs: ACK_WAIT_MS,
    teams: [...new Set(teams)],
  };
};

export const streamConfig = ({ maxAgeMs, maxBytes, replicas }: EventStreamSettings): Partial<StreamConfig> & { name: string } => ({
  name: STREAM,
  description: 'The public events of Keyfence: one message per position of its log.',
  subjects: [EVENTS_SUBJECT],
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.Old,
  max_age: nanos(maxAgeMs),
  max_bytes: maxBytes,
  // Publishing is guarded by the expected sequence; this only names a repeat.
  duplicate_window: nanos(2 * MINUTE_MS),
  num_replicas: replicas,
  allow_direct: true,
  // A message taken out of the middle would be a position that no team ever sees.
  deny_delete: true,
});

export const consumerConfig = (team: string, { ackWaitMs }: EventStreamSettings): ConsumerConfig => ({
  durable_name: durableOf(team),
  description: `The events for ${team}.`,
  deliver_subject: deliverySubjectOf(team),
  // Of several processes of a team one gets each message; it must subscribe as a member of this queue group.
  deliver_group: team,
  deliver_policy: DeliverPolicy.All,
  replay_policy: ReplayPolicy.Instant,
  ack_policy: AckPolicy.Explicit,
  ack_wait: nanos(ackWaitMs),
  // One at a time: with more, what was not acknowledged would come again behind its successors, and order would be lost.
  max_ack_pending: 1,
  max_deliver: -1,
});
