import { randomBytes } from 'node:crypto';
import { Test } from '@nestjs/testing';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { EnvironmentRecord, OrganizationRecord, UserRecord } from '@app/domain';
import { RpcClient } from '@app/platform';
import { SystemClock } from '@app/ports';
import { InProcessRateLimiter } from '../../../../libs/adapters/in-process/src/in-process-rate-limiter.js';
import { HostEnvironments } from '../edge/host-environments.js';
import { UserOrganizations } from '../edge/user-organizations.js';
import { configureGatewayHttp, EdgeLimits, GatewayModule, gatewayFastifyOptions, PlatformLimit } from '../index.js';
import { AccessTokenVerifier } from '../sessions/access-token-verifier.js';
import { FakeRpc } from './gateway-rig.js';
import { environmentRecord, organizationRecord, userRecord } from './records.js';

const COUNTERS = 1_000;
const counter = () => new InProcessRateLimiter(new SystemClock(), COUNTERS);

/** The frontend API with a visitor who is logged in, in front of services that answer what the test says. */
export class FrontendRig {
  readonly rpc = new FakeRpc();
  environment: EnvironmentRecord = environmentRecord();
  user: UserRecord = userRecord();
  organizations: readonly OrganizationRecord[] = [organizationRecord()];
  #app: NestFastifyApplication | undefined;
  #origin = '';

  async start(): Promise<this> {
    const platformLimit = new PlatformLimit(counter(), 1_000_000);
    const edgeLimits = new EdgeLimits(counter(), counter(), randomBytes(32));
    const module = await Test.createTestingModule({ imports: [GatewayModule], providers: [] })
      .useMocker((token) => (token === RpcClient ? this.rpc : token === PlatformLimit ? platformLimit : token === EdgeLimits ? edgeLimits : undefined))
      .overrideProvider(HostEnvironments).useValue({ of: () => Promise.resolve(this.environment) })
      .overrideProvider(UserOrganizations).useValue({ of: () => Promise.resolve(this.organizations) })
      .overrideProvider(AccessTokenVerifier).useValue({ verify: (_: unknown, token: string) => Promise.resolve(token === 'good' ? { user: this.user, sessionId: null } : null) })
      .compile();
    this.#app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(gatewayFastifyOptions()), { logger: false });
    await configureGatewayHttp(this.#app);
    await this.#app.listen(0, '127.0.0.1');
    this.#origin = await this.#app.getUrl();
    return this;
  }

  /** As the official client does; `cookie` is the visitor's access token unless it says otherwise. */
  send(method: string, path: string, body?: unknown, cookie = 'access_token=good'): Promise<Response> {
    return fetch(`${this.#origin}/api/fe/v3${path}`, {
      method, headers: { 'content-type': 'application/json', 'x-csrf-token': '-.-', cookie }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async stop(): Promise<void> {
    await this.#app?.close();
  }
}
