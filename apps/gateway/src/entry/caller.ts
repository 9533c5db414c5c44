import type { FastifyRequest } from 'fastify';
import type { BackendKeyRecord, EnvironmentRecord, KeyRecord, OrganizationRecord, UserRecord } from '@app/domain';

/** Whose session opens the call. */
export interface SessionCaller {
  readonly user: UserRecord;
  /** Null: the backend made the access token, or only the refresh token is known. */
  readonly sessionId: string | null;
}
/** Whose organization key opens the call. */
export interface OrganizationKeyCaller {
  readonly digest: string;
  readonly key: KeyRecord;
  readonly org: OrganizationRecord;
}

/** Who calls, and in which environment. At most one of the three is set; none where nothing that was presented opens anything. */
export interface IdentifiedCaller {
  readonly environment: EnvironmentRecord;
  readonly backendKey: BackendKeyRecord | null;
  readonly session: SessionCaller | null;
  readonly organizationKey: OrganizationKeyCaller | null;
}

// Beside the request, not on it: nothing that comes in with a request can pose as a caller.
const callers = new WeakMap<FastifyRequest, IdentifiedCaller>();

export const rememberCaller = (request: FastifyRequest, caller: IdentifiedCaller): void => {
  callers.set(request, caller);
};

/** Null where no environment is known: in the backend API, without a backend key that opens it. */
export const callerOf = (request: FastifyRequest): IdentifiedCaller | null => callers.get(request) ?? null;
