import {
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
  type Type,
  UseFilters,
  UseInterceptors,
} from '@nestjs/common';
import { ModuleRef, Reflector } from '@nestjs/core';
import { MessagePattern } from '@nestjs/microservices';
import type { Answer, Subject } from '@app/messages';
import { Refusal } from '@app/domain';
import { map, type Observable, of, tap } from 'rxjs';
import { Metrics } from './admin/metrics.js';
import { type ChangeOf, Changes } from './changes.js';
import { CountedCommands } from './counted-commands.js';
import type { RequestLine } from './logging.js';
import type { Done, MessageOf, UseCase } from './use-case.js';

const requestIdOf = (host: ArgumentsHost): string => host.switchToRpc().getData<{ meta?: { requestId?: string } } | undefined>()?.meta?.requestId ?? '-';

@Catch()
class AnswerRefusals implements ExceptionFilter {
  readonly #logger = new Logger('messages');
  catch(error: unknown, host: ArgumentsHost): Observable<Answer<never>> {
    if (error instanceof Refusal) {
      const { code, fields, message, subjectId } = error;
      return of({ ok: false, error: { code, fields, message, subjectId, retryAfterMs: code === 'UNAVAILABLE' ? 1_000 : null } });
    }
    // A fault of ours. The caller learns that it is undecided, never the cause.
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

/** The handler of a subject: a use case that Nest injects, or a change. */
export type HandlerOf<S extends Subject, Services> = Type<UseCase<S>> | { readonly change: ChangeOf<S, Services> };

/** Every subject of a service with its use case: the compiler refuses one that is missing. */
export type HandlerTable<Subjects extends Subject, Services> = { readonly [S in Subjects]: HandlerOf<S, Services> };

/** What the changes of a service need. */
interface ChangeTools<Services> {
  readonly services: Type<Services>;
}

/**
 * The controller of a service's messages, made from its table. Filter and interceptor are here, not in APP_*: hybrid apps do not apply
 * those to message handlers. The module provides the use cases, `Changes` and the services that changes are given.
 */
export const messageController = <Subjects extends Subject, Services>(
  table: HandlerTable<Subjects, NoInfer<Services>>,
  { services }: ChangeTools<Services>,
): Type => {
  @Controller()
  @UseFilters(AnswerRefusals)
  @UseInterceptors(AnswerDone)
  class MessageController {
    constructor(@Inject(ModuleRef) readonly modules: ModuleRef) {}
  }
  for (const [subject, handler] of Object.entries(table) as [Subject, HandlerOf<Subject, Services>][]) {
    const handle = function (this: MessageController, message: MessageOf<Subject>): Promise<Done<unknown>> {
      return 'change' in handler
        ? Promise.resolve(handler.change(message, this.modules.get(services))).then((change) => this.modules.get(Changes).make(message.meta, change))
        : this.modules.get(handler).run(message);
    };
    const descriptor = { value: handle, writable: true, configurable: true };
    Object.defineProperty(MessageController.prototype, subject, descriptor);
    HandledSubject(subject)(MessageController.prototype, subject, descriptor);
    MessagePattern(subject)(MessageController.prototype, subject, descriptor);
  }
  return MessageController;
};

/** The classes of a table, for the module to provide. */
export const useCasesOf = (table: Readonly<Record<string, Type | { readonly change: unknown }>>): readonly Type[] =>
  Object.values(table).filter((handler): handler is Type => !('change' in handler));
