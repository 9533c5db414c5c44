import type { mongo } from 'mongoose';

type Session = mongo.ClientSession;

/**
 * Carries from call to call how far the server was when it last answered: a majority read asks for a state that is at least as new. So a
 * member that has lost its office and does not know it yet cannot show less than this process has seen; it fails instead.
 * A session each, because parallel calls must not share one. FerretDB tells no time, and then nothing is asked for.
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
