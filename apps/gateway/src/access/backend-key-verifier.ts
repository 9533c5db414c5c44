import type { BackendKeyRecord, EnvironmentRecord } from '@app/domain';

export interface VerifiedBackendKey {
  readonly backendKey: BackendKeyRecord;
  readonly environment: EnvironmentRecord;
}

/**
 * Says which backend key a digest belongs to; null: none was ever made with it. A revoked key is returned as revoked: the guard
 * looks. Throws the refusal UNAVAILABLE when it cannot know, never null: a 401 would tell the caller that a good key is bad.
 */
export abstract class BackendKeyVerifier {
  abstract verify(digest: string): Promise<VerifiedBackendKey | null>;
}
