/** One position of the log as other teams see it. */
export interface StreamMessage {
  readonly pos: number;
  /** Of the commit there, hex SHA-256: distinguishes this log's stream from another's. It covers what cannot be guessed, so it confirms nothing. */
  readonly hash: string;
  /** Empty if the commit has nothing for others. */
  readonly body: string;
}

export interface StreamEnd {
  /** Position of the newest message; 0 if there was no message yet. */
  readonly pos: number;
  /** Its commit's hash as published, '' if it has no hash. Null if that message is no longer kept, or there was no message yet. */
  readonly hash: string | null;
}

/**
 * The log's positions for services of other teams, 1, 2, 3, …: a message's sequence is its position. It is only a copy: it may be lost
 * as a whole and is filled again from the log. Every call has a deadline, and throws when it has passed or the stream cannot be reached.
 */
export abstract class EventStream {
  /** The newest message. A missing stream is created, and so are the consumers of other teams. */
  abstract last(): Promise<StreamEnd>;
  /**
   * 'published': stored at its own position. 'taken': the stream's newest message is not the one before, because another process publishes
   * too or because messages were lost. Calls may overlap: nothing is stored out of order.
   */
  abstract publish(message: StreamMessage): Promise<'published' | 'taken'>;
  /** Bytes of the largest body that can be published. */
  abstract get maxBodyBytes(): number;
}
