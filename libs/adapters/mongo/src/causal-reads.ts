import type { mongo } from 'mongoose';

type Session = mongo.ClientSession;

/**
 * Carries the server's last time from call to call: a majority read asks for a state that is at least as new. So a
 * member that is no longer the primary and does not know it yet cannot return less than this process has seen; it fails instead.
 * Each call has a session, because parallel calls must not share one. FerretDB reports no time, and then the read has no condition.
 */
export class CausalReads {
  readonly #client: mongo.MongoClient;
  #newest: mongo.Timestamp | undefined;

  constructor(client: mongo.MongoClient) {
    this.#client = client;
  }

  /** For a majority read. */
  afterAllSeen<Answer>(work: (session: Session) => Promise<Answer>): Promise<Answer> {
    return this.#inSession(this.#newest, work);
  }

  /** For writes and for linearizable reads, which the server refuses with a time in them. */
  remembered<Answer>(work: (session: Session) => Promise<Answer>): Promise<Answer> {
    return this.#inSession(undefined, work);
  }

  async #inSession<Answer>(after: mongo.Timestamp | undefined, work: (session: Session) => Promise<Answer>): Promise<Answer> {
    const session = this.#client.startSession({ causalConsistency: true });
    if (after !== undefined) session.advanceOperationTime(after);
    try {
      return await work(session);
    } finally {
      this.#remember(session.operationTime);
      await session.endSession();
    }
  }

  #remember(seen: mongo.Timestamp | undefined): void {
    if (seen !== undefined && (this.#newest === undefined || seen.greaterThan(this.#newest))) this.#newest = seen;
  }
}
