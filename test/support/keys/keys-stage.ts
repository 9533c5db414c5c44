import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type DynamicModule, type INestMicroservice, Module, type Provider } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { InProcessClient, InProcessServer } from '@app/adapters/in-process';
import { SqliteEventLog, SqliteKeyViews, SqliteUsageStore, SqliteViewStore, ViewsFile } from '@app/adapters/sqlite';
import { type IssueKeyData, type KeyView, LIST_KEYS_DEFAULTS, type ReplyOf, type RequestOf, type Subject } from '@app/messages';
import { decideChangeLease, type DomainEvent } from '@app/domain';
import { FenceAuthority, FenceTransport, InProcessFenceTransport } from '@app/fence';
import { Cascade, fenceAuthorityProviders, KeysModule, KeysProjection } from '@app/keys';
import { CommandRunner, LogTail, type Outcome, StateCache, type StateView } from '@app/log';
import { type Caller, ChangeCommands, ChangeFence, RpcClient, RpcDeadlines } from '@app/platform';
import { Clock, EventLog, KeyViews, SystemClock, UsageStore, ViewStore } from '@app/ports';
import { KeysSecrets, type Pepper } from '@app/secrets';
import { ENV } from './directory-facts.js';

export const LEASE_MS = 1_000;
export const pepper = (id: string): Pepper => ({ id, key: createHash('sha256').update(id).digest() });
export const digestOf = (token: string): string => createHash('sha256').update(token).digest('hex');

export interface StageOptions {
  readonly peppers?: readonly [Pepper, ...Pepper[]];
  readonly wrapLog?: (log: EventLog) => EventLog;
  readonly wrapViews?: (views: ViewStore) => ViewStore;
  /** False: another process carries causes out. */
  readonly cascade?: boolean;
  /** As on the command line: no authority, and this instead of its barriers. */
  readonly changeFence?: ChangeFence;
}

@Module({})
class StageCore {}

const coreOf = (providers: Provider[], exported: NonNullable<DynamicModule['exports']>): DynamicModule => ({
  module: StageCore,
  global: true,
  providers,
  exports: exported,
});

const openCore = async (dir: string, { wrapLog, wrapViews, peppers, changeFence }: StageOptions): Promise<DynamicModule> => {
  const clock = new SystemClock();
  const file = SqliteEventLog.open(join(dir, 'log.db'));
  const log = wrapLog?.(file) ?? file;
  const viewsFile = new ViewsFile(join(dir, 'views.db'));
  const views = new SqliteViewStore(viewsFile);
  const tail = new LogTail(log, { clock, pollMs: 20 });
  await tail.start();
  const states = new StateCache(log, tail);
  return coreOf(
    [
      { provide: Clock, useValue: clock },
      { provide: EventLog, useValue: log },
      { provide: LogTail, useValue: tail },
      { provide: StateCache, useValue: states },
      { provide: CommandRunner, useValue: new CommandRunner(log, tail, states, { clock }) },
      { provide: ViewStore, useValue: wrapViews?.(views) ?? views },
      { provide: KeyViews, useValue: new SqliteKeyViews(viewsFile) },
      { provide: UsageStore, useValue: new SqliteUsageStore(join(dir, 'usage.db')) },
      { provide: KeysSecrets, useValue: new KeysSecrets({ peppers: peppers ?? [pepper('1')] }) },
      { provide: FenceTransport, useValue: new InProcessFenceTransport(clock) },
      ...(changeFence === undefined ? fenceAuthorityProviders(LEASE_MS) : [{ provide: ChangeFence, useValue: changeFence }]),
      ChangeCommands,
    ],
    [
      Clock,
      EventLog,
      LogTail,
      StateCache,
      CommandRunner,
      ViewStore,
      KeyViews,
      UsageStore,
      KeysSecrets,
      FenceTransport,
      ...(changeFence === undefined ? [FenceAuthority] : []),
      ChangeFence,
      ChangeCommands,
    ],
  );
};

/** A keys service on real files, asked over messages: two of them on one folder are two replicas. */
export class KeysStage {
  readonly #module: TestingModule;
  readonly #app: INestMicroservice;
  readonly #rpc: RpcClient;
  readonly #authority: boolean;
  private constructor(module: TestingModule, app: INestMicroservice, rpc: RpcClient, authority: boolean) {
    this.#module = module;
    this.#app = app;
    this.#rpc = rpc;
    this.#authority = authority;
  }

  static async open(dir: string, options: StageOptions = {}): Promise<KeysStage> {
    const module = await Test.createTestingModule({ imports: [await openCore(dir, options), KeysModule] }).compile();
    const server = new InProcessServer();
    const app = module.createNestMicroservice({ strategy: server, logger: false });
    await app.listen();
    const rpc = new RpcClient(new InProcessClient(server), new RpcDeadlines(LEASE_MS));
    const stage = new KeysStage(module, app, rpc, options.changeFence === undefined);
    await stage.run((view) => decideChangeLease(LEASE_MS, view.registry()));
    if (stage.#authority) await stage.get(FenceAuthority).start();
    await stage.get(KeysProjection).start();
    if (options.cascade !== false) await stage.get(Cascade).start();
    return stage;
  }

  get<Injected>(type: abstract new (...args: never[]) => Injected): Injected {
    return this.#module.get<Injected>(type, { strict: false });
  }

  /** In the order that a composition uses. */
  async close(): Promise<void> {
    await this.#app.close();
    await this.get(Cascade).stop();
    await this.get(CommandRunner).stop();
    if (this.#authority) await this.get(FenceAuthority).stop();
    await this.get(KeysProjection).stop();
    await this.get(LogTail).stop();
    await this.get(UsageStore).close();
    await this.get(ViewStore).close();
    await this.get(EventLog).close();
  }

  run(decide: (view: StateView, at: number) => readonly DomainEvent[]): Promise<Outcome> {
    return this.get(CommandRunner).run({ commandId: randomUUID(), actor: 'operator', decide });
  }

  ask<S extends Subject>(subject: S, data: RequestOf<S>, caller: Partial<Caller> = {}): Promise<ReplyOf<S>> {
    return this.#rpc.call(subject, data, { requestId: 'r', commandId: randomUUID(), environmentId: ENV, actor: 'backendkey-b1', ...caller });
  }

  async issue(over: Partial<IssueKeyData> = {}, caller: Partial<Caller> = {}): Promise<string> {
    const keyId = over.keyId ?? randomUUID().replaceAll('-', '');
    const data: IssueKeyData = {
      keyId,
      origin: 'backend',
      digest: digestOf(keyId),
      tokenPrefix: null,
      imported: false,
      userId: null,
      orgId: null,
      creatorId: null,
      expiresAtMs: null,
      metadata: null,
      displayName: null,
      ...over,
    };
    return (await this.ask('keys.issue-key', data, caller)).keyId;
  }

  /** Many at once, so that they share inserts, but no more than are answered before the deadline on a busy machine. */
  async issueMany(count: number, over: Partial<IssueKeyData>): Promise<readonly string[]> {
    const keyIds: string[] = [];
    while (keyIds.length < count) {
      keyIds.push(...(await Promise.all(Array.from({ length: Math.min(500, count - keyIds.length) }, () => this.issue(over)))));
    }
    return keyIds;
  }

  revoke(keyId: string): Promise<unknown> {
    return this.ask('keys.revoke-key', { keyId });
  }

  /** 100 at most. */
  async views(archived: boolean, { userId, orgId }: { userId?: string; orgId?: string } = {}): Promise<readonly KeyView[]> {
    const life = archived ? 'archived' : 'active';
    const query = { ...LIST_KEYS_DEFAULTS, life, userId: userId ?? null, orgId: orgId ?? null, pageNumber: 0, pageSize: 100 } as const;
    return (await this.ask('keys.list-keys', query)).items;
  }

  async list(archived: boolean, filter: { userId?: string; orgId?: string } = {}): Promise<readonly string[]> {
    return (await this.views(archived, filter)).map(({ key }) => key.keyId);
  }
}
