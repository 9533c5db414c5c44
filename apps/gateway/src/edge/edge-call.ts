import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type EnvironmentRecord, Refusal } from '@app/domain';
import { type Caller, newCommandId } from '@app/platform';
import { callerOf, type EdgeCaller, type OrganizationCaller, type SessionCaller } from './edge-callers.js';

/** One request of an API that knows its environment by the host, after its caller was checked. */
export class EdgeCall {
  readonly #caller: EdgeCaller;
  constructor(
    readonly request: FastifyRequest,
    readonly reply: FastifyReply,
    caller: EdgeCaller,
  ) {
    this.#caller = caller;
  }

  get environment(): EnvironmentRecord {
    return this.#caller.environment;
  }
  get environmentId(): string {
    return this.environment.environmentId;
  }
  /** Null where nobody is logged in and the call does not ask for it. */
  get sessionOrNull(): SessionCaller | null {
    return this.#caller.session;
  }
  get session(): SessionCaller {
    if (this.#caller.session === null) throw new Refusal('SESSION_OVER');
    return this.#caller.session;
  }
  get organization(): OrganizationCaller {
    if (this.#caller.organization === null) throw new Refusal('UNAUTHORIZED');
    return this.#caller.organization;
  }

  /** As the user whose session it is; without one as the system itself. */
  caller(): Caller {
    const { session } = this.#caller;
    const actor = session === null ? 'system' : `user-${session.user.userId}`;
    return { requestId: this.request.id, commandId: newCommandId(), environmentId: this.environmentId, actor };
  }
}

/** The call that a controller's method answers. */
export const Call = createParamDecorator((_: unknown, context: ExecutionContext): EdgeCall => {
  const http = context.switchToHttp();
  const request = http.getRequest<FastifyRequest>();
  const caller = callerOf(request);
  if (caller === null) throw new Error('Nobody has asked who calls.');
  return new EdgeCall(request, http.getResponse<FastifyReply>(), caller);
});
