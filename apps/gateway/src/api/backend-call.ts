import { hash, scrypt } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Endpoint } from '@app/http-api';
import { type BackendKeyRecord, type EnvironmentRecord, invalidField } from '@app/domain';
import { type Caller, newCommandId } from '@app/platform';
import { endpointServedBy } from '../access/endpoint.js';
import { requireVerifiedKey } from '../access/verified-keys.js';
import { rawBodyOf } from '../http/json-body.js';

/** What makes a repeated creation find the first one. */
interface Repeatable {
  readonly commandId: string;
  readonly requestDigest: string;
}

/** One request of the backend API, after its key was checked: who asks, where, and as whom the services are asked. */
export class BackendCall {
  constructor(
    readonly requestId: string,
    readonly backendKey: BackendKeyRecord,
    readonly environment: EnvironmentRecord,
    readonly repeatable: Repeatable | null,
  ) {}

  get environmentId(): string {
    return this.environment.environmentId;
  }

  /** For queries and for commands that may be repeated without harm: each under a command id of its own. */
  caller(): Caller {
    return { ...this.#origin(), commandId: newCommandId() };
  }

  /** For the one command that creates: with an Idempotency-Key the same request always has the same command id. */
  creator(): Caller {
    return this.repeatable === null ? this.caller() : { ...this.#origin(), ...this.repeatable };
  }

  /**
   * The same for a request with a password in it. The log keeps a hash of the request: one that is quick to make would let whoever has
   * the log and its pepper try passwords a thousand times faster than argon2id allows.
   */
  async passwordCreator(): Promise<Caller> {
    const caller = this.creator();
    if (caller.requestDigest === undefined) return caller;
    return { ...caller, requestDigest: await slowHash(caller.requestDigest, caller.commandId) };
  }

  #origin(): Omit<Caller, 'commandId'> {
    return { requestId: this.requestId, environmentId: this.environmentId, actor: `backendkey-${this.backendKey.backendKeyId}` };
  }
}

const SLOW_HASH_BYTES = 32;

/** On another thread, hex. */
const slowHash = (text: string, salt: string): Promise<string> =>
  new Promise((resolve, reject) => {
    scrypt(text, salt, SLOW_HASH_BYTES, (error, made) => (error === null ? resolve(made.toString('hex')) : reject(error)));
  });

const PRINTABLE = /^[\x20-\x7e]{1,255}$/;

const repeatableOf = (request: FastifyRequest, key: BackendKeyRecord, endpoint: Endpoint): Repeatable | null => {
  const given = request.headers['idempotency-key'];
  if (given === undefined || !endpoint.idempotent) return null;
  if (typeof given !== 'string' || !PRINTABLE.test(given)) {
    throw invalidField('idempotency_key', 'The Idempotency-Key must be 1 to 255 printable ASCII characters.');
  }
  // Lines cannot be forged: none of the parts before the last can hold a line break, and neither can the last.
  const commandId = hash('sha256', [key.environmentId, key.backendKeyId, endpoint.id, given].join('\n'), 'hex');
  return { commandId, requestDigest: hash('sha256', rawBodyOf(request), 'hex') };
};

export const backendCallOf = (context: ExecutionContext): BackendCall => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const { backendKey, environment } = requireVerifiedKey(request);
  const endpoint = endpointServedBy(new Reflector(), context);
  return new BackendCall(request.id, backendKey, environment, repeatableOf(request, backendKey, endpoint));
};

/** The call that a controller's method answers. */
export const Call = createParamDecorator((_: unknown, context: ExecutionContext): BackendCall => backendCallOf(context));
