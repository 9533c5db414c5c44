import { Inject, Injectable, Optional } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ApiRefusal } from '@app/http-api';
import { type EnvironmentRecord, isLoopbackHost, tags } from '@app/domain';
import { FenceRecords, UnverifiedLookUps } from './fence-records.js';

/** The environment of a plain loopback host that no environment claims, or null. Only a deployment in one process sets it. */
export class LoopbackEnvironment {
  environmentId: string | null = null;
}

/** Finds the environment of a request without a backend key: the one whose auth URL has the request's host. */
@Injectable()
export class HostEnvironments {
  constructor(
    @Inject(FenceRecords) private readonly records: FenceRecords,
    @Inject(UnverifiedLookUps) private readonly lookUps: UnverifiedLookUps,
    @Optional() @Inject(LoopbackEnvironment) private readonly loopback?: LoopbackEnvironment,
  ) {}

  /** Refuses with UNKNOWN_HOST, or with UNAVAILABLE if the environment cannot be looked up. */
  async of(request: FastifyRequest): Promise<EnvironmentRecord> {
    const host = request.hostname.toLowerCase();
    const environmentId = host === '' ? null : await this.#environmentIdOf(request, host);
    const record = environmentId === null ? null : await this.records.byName(tags.env(environmentId));
    if (record?.kind !== 'env') throw new ApiRefusal('UNKNOWN_HOST');
    return record;
  }

  async #environmentIdOf(request: FastifyRequest, host: string): Promise<string | null> {
    const record = await this.lookUps.byName(request, tags.authHost(host));
    const claimed = record?.kind === 'host' ? record.environmentId : null;
    return claimed ?? (isLoopbackHost(host) ? (this.loopback?.environmentId ?? null) : null);
  }
}
