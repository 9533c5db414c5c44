import { Inject, Injectable } from '@nestjs/common';
import { FenceNode } from '@app/fence';
import { BackendKeyVerifier, type VerifiedBackendKey } from './backend-key-verifier.js';
import { orUnavailable } from './or-unavailable.js';

/** From memory under the fence's lease, so that a revoked backend key opens nothing after its revocation was acknowledged. */
@Injectable()
export class FenceBackendKeyVerifier extends BackendKeyVerifier {
  constructor(@Inject(FenceNode) private readonly node: FenceNode) {
    super();
  }

  async verify(digest: string): Promise<VerifiedBackendKey | null> {
    const resolved = await orUnavailable(this.node.resolve(digest));
    return resolved?.kind === 'backendkey' ? resolved.records : null;
  }
}
