import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@app/domain';
import { FenceNode, FenceUnavailable, type ResolvedRecords } from '@app/fence';
import { BackendKeyVerifier, type VerifiedBackendKey } from './backend-key-verifier.js';

/** From memory under the fence's lease, so that a revoked backend key opens nothing after its revocation was acknowledged. */
@Injectable()
export class FenceBackendKeyVerifier extends BackendKeyVerifier {
  constructor(@Inject(FenceNode) private readonly node: FenceNode) {
    super();
  }

  async verify(digest: string): Promise<VerifiedBackendKey | null> {
    const resolved = await this.#resolve(digest);
    return resolved?.kind === 'backendkey' ? resolved.records : null;
  }

  async #resolve(digest: string): Promise<ResolvedRecords | null> {
    try {
      return await this.node.resolve(digest);
    } catch (error) {
      if (error instanceof FenceUnavailable) throw new Refusal('UNAVAILABLE', { message: error.message });
      throw error;
    }
  }
}
