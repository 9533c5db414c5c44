import {
  applyDecorators,
  type ArgumentsHost,
  Catch,
  type CallHandler,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Inject,
  Injectable,
  Logger,
  type NestInterceptor,
  Optional,
  UseFilters,
  UseInterceptors,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { MessagePattern } from '@nestjs/microservices';
import type { Answer, Subject } from '@app/messages';
import { Refusal } from '@app/domain';
import { map, type Observable, of, tap } from 'rxjs';
import { Metrics } from './admin/metrics.js';
import { CountedCommands } from './counted-commands.js';
import type { RequestLine } from './logging.js';

/** What a message handler returns: its reply and the log position it rests on. */
export interface Done<Reply> {
  readonly data: Reply;
  readonly pos: number;
}

const requestIdOf = (host: ArgumentsHost): string => host.switchToRpc().getData<{ meta?: { requestId?: string } } | undefined>()?.meta?.requestId ?? '-';

@Catch()
class AnswerRefusals implements ExceptionFilter {
  readonly #logger = new Logger('messages');
  catch(error: unknown, host: ArgumentsHost): Observable<Answer<never>> {
    if (error instanceof Refusal) {
      const { code, fields, message, subjectId } = error;
      return of({ ok: false, error: { code, fields, message, subjectId, retryAfterMs: code === 'UNAVAILABLE' ? 1_000 : null } });
    }
    // A fault of ours. The caller learns that it is undecided, never what broke.
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#logger.error({ requestId: requestIdOf(host), text } satisfies RequestLine);
    return of({ ok: false, error: { code: 'UNAVAILABLE', fields: {}, message: 'The service failed.', subjectId: null, retryAfterMs: 1_000 } });
  }
}

const HandledSubject = Reflector.createDecorator<Subject>();

@Injectable()
class AnswerDone implements NestInterceptor<Done<unknown>, Answer<unknown>> {
  readonly #commands: CountedCommands | null;

  /** Without `Metrics` (the command line) nothing is counted. */
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Optional() @Inject(Metrics) metrics?: Metrics,
  ) {
    this.#commands = metrics === undefined ? null : new CountedCommands(metrics);
  }

  intercept(context: ExecutionContext, next: CallHandler<Done<unknown>>): Observable<Answer<unknown>> {
    const command = this.#commands?.begin(this.reflector.get(HandledSubject, context.getHandler())) ?? null;
    return next.handle().pipe(
      tap({ next: () => command?.done(), error: (error: unknown) => command?.failed(error) }),
      map(({ data, pos }) => ({ ok: true as const, data, pos })),
    );
  }
}

/** A controller of messages. Filter and interceptor stand here, not in APP_*: hybrid apps do not hand those to message handlers. */
export const MessageHandlers = (): ClassDecorator => applyDecorators(Controller(), UseFilters(AnswerRefusals), UseInterceptors(AnswerDone));

/** The subject a method answers; its request and reply types stand in libs/messages. */
export const Handles = (subject: Subject): MethodDecorator => applyDecorators(HandledSubject(subject), MessagePattern(subject));
