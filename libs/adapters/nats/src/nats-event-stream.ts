import { jetstream, JetStreamApiCodes, JetStreamApiError, type JetStreamClient, type JetStreamManager, type StreamInfo } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { EventStream, type StreamEnd, type StreamMessage } from '@app/ports';
import { consumerConfig, durableOf, EVENTS_SUBJECT, type EventStreamSettings, HASH_HEADER, STREAM, streamConfig } from './keyfence-stream.js';

const DEADLINE_MS = 2_000;
/** For the headers, which count as part of a message. */
const HEADER_BYTES = 1_024;
/** The server has it under this name, with other settings. */
const CONSUMER_EXISTS = 10_148;
const WRONG_SEQUENCE: readonly number[] = [JetStreamApiCodes.StreamWrongLastSequence, JetStreamApiCodes.StreamWrongLastSequenceUnknown];

const codeOf = (error: unknown): number | null => (error instanceof JetStreamApiError ? error.code : null);

/** The stream `KEYFENCE` of JetStream. Any number of processes may publish: the server stores a message only behind the one before it. */
export class NatsEventStream extends EventStream {
  readonly #connection: NatsConnection;
  readonly #settings: EventStreamSettings;
  readonly #client: JetStreamClient;
  /** When the stream was created whose settings and consumers are in place: a new stream needs its consumers again. */
  #preparedAt: string | null = null;

  constructor(connection: NatsConnection, settings: EventStreamSettings) {
    super();
    this.#connection = connection;
    this.#settings = settings;
    this.#client = jetstream(connection, { timeout: DEADLINE_MS });
  }

  get maxBodyBytes(): number {
    return (this.#connection.info?.max_payload ?? 1_048_576) - HEADER_BYTES;
  }

  async last(): Promise<StreamEnd> {
    // Asks nothing of the server, in particular not for its account, which this user need not see.
    const manager = await this.#client.jetstreamManager(false);
    const { created, state } = await this.#found(manager);
    if (created !== this.#preparedAt) await this.#prepare(manager, created);
    if (state.last_seq === 0) return { pos: 0, hash: null };
    const newest = await manager.streams.getMessage(STREAM, { seq: state.last_seq });
    return { pos: state.last_seq, hash: newest === null ? null : newest.header.get(HASH_HEADER) };
  }

  async publish({ pos, hash, body }: StreamMessage): Promise<'published' | 'taken'> {
    const header = headers();
    header.set(HASH_HEADER, hash);
    try {
      const { seq } = await this.#client.publish(EVENTS_SUBJECT, body, {
        msgID: String(pos),
        headers: header,
        timeout: DEADLINE_MS,
        expect: { streamName: STREAM, lastSequence: pos - 1 },
      });
      if (seq !== pos) throw new Error(`Position ${pos} was stored as ${seq}.`);
      return 'published';
    } catch (error) {
      if (WRONG_SEQUENCE.includes(codeOf(error) ?? 0)) return 'taken';
      throw error;
    }
  }

  async #found(manager: JetStreamManager): Promise<StreamInfo> {
    try {
      return await manager.streams.info(STREAM);
    } catch (error) {
      if (codeOf(error) !== JetStreamApiCodes.StreamNotFound) throw error;
      return manager.streams.add(streamConfig(this.#settings));
    }
  }

  /** Both calls do nothing if everything is in place, so every replica may make them. */
  async #prepare(manager: JetStreamManager, created: string): Promise<void> {
    await manager.streams.update(STREAM, streamConfig(this.#settings));
    for (const team of this.#settings.teams) await this.#prepareConsumer(manager, team);
    this.#preparedAt = created;
  }

  async #prepareConsumer(manager: JetStreamManager, team: string): Promise<void> {
    const config = consumerConfig(team, this.#settings);
    try {
      await manager.consumers.add(STREAM, config);
    } catch (error) {
      if (codeOf(error) !== CONSUMER_EXISTS) throw error;
      await manager.consumers.update(STREAM, durableOf(team), config);
    }
  }
}
