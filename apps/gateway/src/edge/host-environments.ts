import { Inject, Injectable, Optional } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type EnvironmentRecord, isLoopbackHost, Refusal, tags } from '@app/domain';
import { FenceNode } from '@app/fence';
import { recordFrom } from './record-from.js';

/** The environment of a plain loopback host that no environment claims; null: there is none. Only a deployment in one process has it. */
export class LoopbackEnvironment {
  environmentId: string | null = null;
}

/** Which environment a request is in that shows no backend key: the one whose auth URL has its host. */
@Injectable()
export class HostEnvironments {
  constructor(
    @Inject(FenceNode) private readonly node: FenceNode,
    @Optional() @Inject(LoopbackEnvironment) private readonly loopback?: LoopbackEnvironment,
  ) {}

  /** Refuses with UNKNOWN_HOST, or UNAVAILABLE where it cannot be known. */
  async of(request: FastifyRequest): Promise<EnvironmentRecord> {
    const host = request.hostname.toLowerCase();
    const environmentId = host === '' ? null : await this.#environmentIdOf(host);
    const record = environmentId === null ? null : await recordFrom(this.node, tags.env(environmentId));
    if (record?.kind !== 'env') throw new Refusal('UNKNOWN_HOST');
    return record;
  }

  async #environmentIdOf(host: string): Promise<string | null> {
    const record = await recordFrom(this.node, tags.authHost(host));
    const claimed = record?.kind === 'host' ? record.environmentId : null;
    return claimed ?? (isLoopbackHost(host) ? (this.loopback?.environmentId ?? null) : null);
  }
}
