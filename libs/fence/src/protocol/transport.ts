import type {
  AckMessage,
  BarrierAnswer,
  BarrierQuestion,
  JoinAnswer,
  JoinQuestion,
  LeaveAnswer,
  LeaveQuestion,
  PushMessage,
  RecordsAnswer,
  RecordsQuestion,
  RenewAnswer,
  RenewQuestion,
} from './messages.js';

/** The receiver of the transport's questions: one replica of the authority. */
export interface FenceAuthorityHandlers {
  join(question: JoinQuestion): Promise<JoinAnswer>;
  leave(question: LeaveQuestion): Promise<LeaveAnswer>;
  renew(question: RenewQuestion): Promise<RenewAnswer>;
  fill(question: RecordsQuestion): Promise<RecordsAnswer>;
  strongRead(question: RecordsQuestion): Promise<RecordsAnswer>;
  /** Resolves when no node can answer from before `pos` any more. */
  barrier(pos: number, names: readonly string[]): Promise<void>;
}

/** From a service that commits changes, and is not the authority: asks the authority for the barrier. Rejects like a question of a node. */
export abstract class BarrierTransport {
  abstract barrier(question: BarrierQuestion, deadlineMs: number): Promise<BarrierAnswer>;
}

/**
 * Between nodes and the authority. It may lose, delay, repeat and reorder anything: nothing here is trusted beyond "what arrives
 * was said by a holder of the fence secret", which an adapter that crosses a network ensures by an HMAC over subject, content,
 * `incarnation` and the asker's nonce. A question rejects when its deadline passes or no replica listens.
 */
export abstract class FenceTransport {
  /** Whether a fill costs less than a strong read, so that it is worth asking for one first. What is unknown needs the strong read anyway. */
  readonly fillsAreCheaper: boolean = true;

  abstract join(question: JoinQuestion, deadlineMs: number): Promise<JoinAnswer>;
  abstract leave(question: LeaveQuestion, deadlineMs: number): Promise<LeaveAnswer>;
  abstract renew(question: RenewQuestion, deadlineMs: number): Promise<RenewAnswer>;
  abstract fill(question: RecordsQuestion, deadlineMs: number): Promise<RecordsAnswer>;
  abstract strongRead(question: RecordsQuestion, deadlineMs: number): Promise<RecordsAnswer>;

  /** Authority's side: to every node, best effort. Each acknowledgement that still arrives is handed to `onAck`; `ended` aborts when none counts any more. */
  abstract push(message: PushMessage, onAck: (ack: AckMessage) => void, ended: AbortSignal): void;
  /** Node's side: the acknowledgement is sent after `apply` has returned it, never before. Returns a function that stops listening. */
  abstract onPush(apply: (message: PushMessage) => AckMessage): () => void;
}
