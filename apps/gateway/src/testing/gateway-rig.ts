import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { Test } from '@nestjs/testing';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ReplyOf, Subject } from '@app/messages';
import type { FenceRecordState } from '@app/domain';
import { type BackendKeyRecords, FenceNode, type ResolvedRecords } from '@app/fence';
import { type Caller, RpcClient, UsageCounter } from '@app/platform';
import { SystemClock } from '@app/ports';
import { mintBackendKey, tokenDigest } from '@app/tokens';
import { configureGatewayHttp, EntryLimiters, GatewayModule, gatewayFastifyOptions, PlatformLimit } from '../index.js';
import { InProcessRateLimiter } from '@app/adapters/in-process';
import { backendKeyRecord, environmentRecord } from './records.js';

type Replies = { [S in Subject]?: (data: unknown) => ReplyOf<S> };

/** Returns what the test sets, and records the calls. A subject without a reply returns `{}`. */
export class FakeRpc {
  replies: Replies = {};
  readonly asked: { subject: Subject; data: unknown; caller: Caller }[] = [];
  call(subject: Subject, data: unknown, caller: Caller): Promise<unknown> {
    this.asked.push({ subject, data, caller });
    const reply = this.replies[subject];
    return Promise.resolve().then(() => (reply === undefined ? {} : reply(data)));
  }
}

/** The backend keys that the node knows. */
export class FakeBackendKeys {
  readonly #keys = new Map<string, BackendKeyRecords>();
  failure: Error | null = null;
  asked = 0;
  add(records: Partial<BackendKeyRecords> = {}): string {
    const token = mintBackendKey().reveal();
    this.#keys.set(tokenDigest('backend', token), { backendKey: backendKeyRecord(), environment: environmentRecord(), ...records });
    return token;
  }
  resolve(digest: string): Promise<ResolvedRecords | null> {
    this.asked += 1;
    const records = this.#keys.get(digest);
    if (this.failure !== null) return Promise.reject(this.failure);
    return Promise.resolve(records === undefined ? null : { kind: 'backendkey', records });
  }
}

/** Has what the test added, under its name or its digest. */
export class FakeNode {
  readonly records = new Map<string, FenceRecordState>();
  readonly resolved = new Map<string, ResolvedRecords>();
  readonly backendKeys = new FakeBackendKeys();
  /** Nothing is in memory, so that every question is a look-up. */
  hit(): null {
    return null;
  }
  recordHit(): null {
    return null;
  }
  recordByName(name: string): Promise<FenceRecordState | null> {
    return Promise.resolve(this.records.get(name) ?? null);
  }
  resolve(digest: string): Promise<ResolvedRecords | null> {
    const resolved = this.resolved.get(digest);
    return resolved === undefined ? this.backendKeys.resolve(digest) : Promise.resolve(resolved);
  }
  now(): number {
    return Date.now();
  }
}

class CountedUses {
  counted = 0;
  count(): void {
    this.counted += 1;
  }
}

export interface WireAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}
export interface WireRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export class GatewayRig {
  readonly rpc: FakeRpc;
  readonly node: FakeNode;
  readonly #app: NestFastifyApplication;
  /** A backend key with full access. */
  readonly key: string;
  constructor(app: NestFastifyApplication, { rpc, node }: Pick<GatewayRig, 'rpc' | 'node'>) {
    this.#app = app;
    this.rpc = rpc;
    this.node = node;
    this.key = node.backendKeys.add();
  }

  /** `limit`: calls a minute. */
  static async start(limit = 6_000): Promise<GatewayRig> {
    const platformLimit = new PlatformLimit(new InProcessRateLimiter(new SystemClock(), 1_000), limit);
    const rpc = new FakeRpc();
    const node = new FakeNode();
    const limiter = new InProcessRateLimiter(new SystemClock(), 1_000);
    const surroundings = new Map<unknown, object>([
      [RpcClient, rpc],
      [PlatformLimit, platformLimit],
      [FenceNode, node],
      [UsageCounter, new CountedUses()],
      [EntryLimiters, EntryLimiters.over(limiter, randomBytes(32))],
    ]);
    const module = await Test.createTestingModule({ imports: [GatewayModule], providers: [] })
      .useMocker((token) => surroundings.get(token))
      .compile();
    const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(gatewayFastifyOptions()), { logger: false });
    await configureGatewayHttp(app);
    await app.listen(0, '127.0.0.1');
    return new GatewayRig(app, { rpc, node });
  }

  get port(): number {
    const address = this.#app.getHttpServer().address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** As the caller with every permission, unless the headers say otherwise. Sends the path unchanged: `fetch` would normalize it. */
  send(method: string, path: string, { headers = {}, body }: WireRequest = {}): Promise<WireAnswer> {
    return new Promise((resolve, reject) => {
      const request = httpRequest({ host: '127.0.0.1', port: this.port, method, path, headers: { authorization: `Bearer ${this.key}`, ...headers } });
      request.on('error', reject).on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString(), headers: response.headers }));
      });
      if (body !== undefined && request.getHeader('content-length') === undefined) request.setHeader('content-length', Buffer.byteLength(body));
      request.end(body);
    });
  }

  json(method: string, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<WireAnswer> {
    return this.send(method, path, { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
  }

  stop(): Promise<void> {
    return this.#app.close();
  }
}
