import { hash, scrypt } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiRefusal, type Endpoint } from '@app/http-api';
import { type BackendKeyRecord, type EnvironmentRecord, invalidField, type KeyRecord, type OrganizationRecord, Refusal, type UserRecord } from '@app/domain';
import { type Caller, newCommandId } from '@app/platform';
import { rawBodyOf } from '../http/json-body.js';

/** The caller of a call that is authenticated with a session. */
export interface SessionCaller {
  readonly user: UserRecord;
  /** Null if the backend created the access token. */
  readonly sessionId: string | null;
}
/** The caller of a call that is authenticated with an organization key. */
export interface OrganizationKeyCaller {
  readonly digest: string;
  readonly key: KeyRecord;
  readonly org: OrganizationRecord;
}

/** The caller and the environment. At most one of the three credentials is set, and none if the request presented no valid one. */
export interface IdentifiedCaller {
  readonly environment: EnvironmentRecord;
  readonly backendKey: BackendKeyRecord | null;
  readonly session: SessionCaller | null;
  readonly organizationKey: OrganizationKeyCaller | null;
}

/** A call as the first guard found it. `caller` is null if the environment is unknown, as in the backend API without a valid backend key. */
export interface IdentifiedCall {
  readonly endpoint: Endpoint;
  readonly caller: IdentifiedCaller | null;
}

// Kept outside the request: nothing that comes in with a request can pose as a caller.
const calls = new WeakMap<FastifyRequest, IdentifiedCall>();

export const rememberCall = (request: FastifyRequest, call: IdentifiedCall): void => {
  calls.set(request, call);
};

/** Null for a page that is not an endpoint, such as the reference. */
export const identifiedCall = (request: FastifyRequest): IdentifiedCall | null => calls.get(request) ?? null;

export const requireIdentifiedCall = (request: FastifyRequest): IdentifiedCall => {
  const call = identifiedCall(request);
  if (call === null) throw new Error('Identify has not run for this request.');
  return call;
};

/** Lets a repeated creation find the first one. */
interface Repeatable {
  readonly commandId: string;
  readonly requestDigest: string;
}

/** One authorized request: its caller, its environment, and the identity that the services see. */
export class ApiCall {
  readonly #caller: IdentifiedCaller;
  readonly #repeatable: Repeatable | null;

  constructor(
    readonly request: FastifyRequest,
    readonly reply: FastifyReply,
    caller: IdentifiedCaller,
    repeatable: Repeatable | null,
  ) {
    this.#caller = caller;
    this.#repeatable = repeatable;
  }

  get environment(): EnvironmentRecord {
    return this.#caller.environment;
  }
  get environmentId(): string {
    return this.environment.environmentId;
  }
  /** Null if no user is logged in and the call does not require a session. */
  get sessionOrNull(): SessionCaller | null {
    return this.#caller.session;
  }
  get session(): SessionCaller {
    if (this.#caller.session === null) throw new Refusal('SESSION_OVER');
    return this.#caller.session;
  }
  get organizationKey(): OrganizationKeyCaller {
    if (this.#caller.organizationKey === null) throw new ApiRefusal('UNAUTHORIZED');
    return this.#caller.organizationKey;
  }

  /** For queries and for commands that are safe to repeat: each has its own command id. */
  caller(): Caller {
    return { ...this.#origin(), commandId: newCommandId() };
  }

  /** For commands that create something: with an Idempotency-Key the same request always has the same command id. */
  creator(): Caller {
    return this.#repeatable === null ? this.caller() : { ...this.#origin(), ...this.#repeatable };
  }

  /**
   * The same for a request with a password. The log keeps a hash of the request: a fast one would let a thief of the log and its pepper
   * try passwords a thousand times faster than argon2id allows.
   */
  async passwordCreator(): Promise<Caller> {
    const caller = this.creator();
    if (caller.requestDigest === undefined) return caller;
    return { ...caller, requestDigest: await slowHash(caller.requestDigest, caller.commandId) };
  }

  #origin(): Omit<Caller, 'commandId'> {
    return { requestId: this.request.id, environmentId: this.environmentId, actor: this.#actor() };
  }

  /** The key or the user that the call is authenticated with, otherwise the system itself. */
  #actor(): string {
    const { backendKey, session } = this.#caller;
    if (backendKey !== null) return `backendkey-${backendKey.backendKeyId}`;
    return session === null ? 'system' : `user-${session.user.userId}`;
  }
}

const SLOW_HASH_BYTES = 32;

/** On another thread, hex. */
const slowHash = (text: string, salt: string): Promise<string> =>
  new Promise((resolve, reject) => {
    scrypt(text, salt, SLOW_HASH_BYTES, (error, made) => (error === null ? resolve(made.toString('hex')) : reject(error)));
  });

const PRINTABLE = /^[\x20-\x7e]{1,255}$/;

const repeatableOf = (request: FastifyRequest, { backendKey }: IdentifiedCaller, endpoint: Endpoint): Repeatable | null => {
  const given = request.headers['idempotency-key'];
  if (given === undefined || backendKey === null || endpoint.api !== 'backend' || !endpoint.idempotent) return null;
  if (typeof given !== 'string' || !PRINTABLE.test(given)) {
    throw invalidField('idempotency_key', 'The Idempotency-Key must be 1 to 255 printable ASCII characters.');
  }
  // Lines cannot be forged: no part can contain a line break.
  const commandId = hash('sha256', [backendKey.environmentId, backendKey.backendKeyId, endpoint.id, given].join('\n'), 'hex');
  return { commandId, requestDigest: hash('sha256', rawBodyOf(request), 'hex') };
};

/** The call that a controller's method serves. */
export const Call = createParamDecorator((_: unknown, context: ExecutionContext): ApiCall => {
  const http = context.switchToHttp();
  const request = http.getRequest<FastifyRequest>();
  const { endpoint, caller } = requireIdentifiedCall(request);
  if (caller === null) throw new ApiRefusal('UNAUTHORIZED');
  return new ApiCall(request, http.getResponse<FastifyReply>(), caller, repeatableOf(request, caller, endpoint));
});
