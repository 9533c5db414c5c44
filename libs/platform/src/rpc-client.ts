import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ClientProxy } from '@nestjs/microservices';
import { type Answer, isQuery, type Message, type Meta, type ReplyOf, type RequestOf, type Subject } from '@app/messages';
import { Refusal } from '@app/domain';
import { firstValueFrom, timeout } from 'rxjs';

/** Deadlines of one deployment, milliseconds. A command may wait out a whole lease (fence.md). */
export class RpcDeadlines {
  readonly queryMs: number;
  readonly #leaseMs: () => number;
  /** `leaseMs`: a function if it is learned after the start. */
  constructor(leaseMs: number | (() => number), queryMs = 2_000) {
    this.#leaseMs = typeof leaseMs === 'number' ? () => leaseMs : leaseMs;
    this.queryMs = queryMs;
  }

  get commandMs(): number {
    return this.#leaseMs() + 5_000;
  }
}

/** The caller, the request, and under which command id. */
export type Caller = Omit<Meta, 'leftMs'>;

export const newCommandId = (): string => randomBytes(16).toString('hex');

/** The only way from one service to another: typed by subject, never without a deadline, refusals come back as `Refusal`. */
@Injectable()
export class RpcClient {
  constructor(
    @Inject(ClientProxy) private readonly proxy: ClientProxy,
    @Inject(RpcDeadlines) private readonly deadlines: RpcDeadlines,
  ) {}

  async call<S extends Subject>(subject: S, data: RequestOf<S>, caller: Caller): Promise<ReplyOf<S>> {
    const leftMs = isQuery(subject) ? this.deadlines.queryMs : this.deadlines.commandMs;
    const message: Message<RequestOf<S>> = { meta: { ...caller, leftMs }, data };
    const answer = await this.#send<ReplyOf<S>>(subject, message, leftMs);
    if (answer.ok) return answer.data;
    const { code, fields, subjectId, message: text } = answer.error;
    throw new Refusal(code, { fields, message: text, ...(subjectId === null ? {} : { subjectId }) });
  }

  async #send<Reply>(subject: Subject, message: Message<unknown>, leftMs: number): Promise<Answer<Reply>> {
    try {
      return await firstValueFrom(this.proxy.send<Answer<Reply>>(subject, message).pipe(timeout(leftMs)));
    } catch (error) {
      // No reply, a lost connection or a crash of the other side: undecided, and undecided is 503 (I11).
      throw new Refusal('UNAVAILABLE', { message: `No answer to ${subject}: ${error instanceof Error ? error.message : 'failed'}` });
    }
  }
}
