import type { FastifyRequest } from 'fastify';
import type { EnvironmentRecord, KeyRecord, OrganizationRecord, UserRecord } from '@app/domain';

/** Whose session opens the call. */
export interface SessionCaller {
  readonly user: UserRecord;
  /** Null: the access token was made by the backend, or only the refresh token is known. */
  readonly sessionId: string | null;
}
/** Whose organization key opens the call. */
export interface OrganizationCaller {
  readonly digest: string;
  readonly key: KeyRecord;
  readonly org: OrganizationRecord;
}

/** Who calls one of the APIs that know their environment by the host. */
export interface EdgeCaller {
  readonly environment: EnvironmentRecord;
  readonly session: SessionCaller | null;
  readonly organization: OrganizationCaller | null;
}

// Beside the request, not on it: nothing that comes in with a request can pose as a caller.
const callers = new WeakMap<FastifyRequest, EdgeCaller>();

export const rememberCaller = (request: FastifyRequest, caller: EdgeCaller): void => {
  callers.set(request, caller);
};

export const callerOf = (request: FastifyRequest): EdgeCaller | null => callers.get(request) ?? null;
