import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { ClientProxy } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { InProcessClient, InProcessServer } from '@app/adapters/in-process';
import { SqliteDirectoryViews, SqliteEventLog, SqliteViewStore, ViewsFile } from '@app/adapters/sqlite';
import type { DirectoryMessages, ReplyOf, RequestOf } from '@app/messages';
import { DirectoryModule } from '../directory.module.js';
import { defaultSettings, type EnvironmentSettings, type OrganizationProfile, type UserProfile } from '@app/domain';
import { CommandRunner, LogTail, StateCache } from '@app/log';
import { type Caller, ChangeCommands, ChangeFence, newCommandId, RpcClient, RpcDeadlines } from '@app/platform';
import { Clock, DirectoryViews, EventLog, SystemClock, ViewStore } from '@app/ports';
import { DirectorySecrets } from '@app/secrets';

type Subject = keyof DirectoryMessages;

/** What the fence was asked to settle, and what it should do about it. */
export class FakeFence extends ChangeFence {
  readonly settledNames: (readonly string[])[] = [];
  hold: Promise<void> = Promise.resolve();
  waitForFence(_pos: number, names: readonly string[]): Promise<void> {
    this.settledNames.push(names);
    return this.hold;
  }
}

export interface Deployment {
  readonly dataDir: string;
  readonly secrets: DirectorySecrets;
  remove(): void;
}
export const newDeployment = (): Deployment => {
  const dataDir = mkdtempSync(join(tmpdir(), 'keyfence-directory-'));
  return {
    dataDir,
    secrets: new DirectorySecrets({ emailPepper: randomBytes(32), sealSecret: randomBytes(32) }),
    remove: () => rmSync(dataDir, { recursive: true, force: true }),
  };
};

/** The directory in one process, asked by messages as the gateway does. Several may run on one deployment, as replicas do. */
export class DirectoryRig {
  readonly log: EventLog;
  readonly fence: FakeFence;
  readonly states: StateCache;
  readonly #rpc: RpcClient;
  readonly #close: () => Promise<void>;
  environmentId = '';

  private constructor(parts: { log: EventLog; fence: FakeFence; states: StateCache; rpc: RpcClient; close: () => Promise<void> }) {
    this.log = parts.log;
    this.fence = parts.fence;
    this.states = parts.states;
    this.#rpc = parts.rpc;
    this.#close = parts.close;
  }

  static async open({ dataDir, secrets }: Deployment): Promise<DirectoryRig> {
    const clock = new SystemClock();
    const log = SqliteEventLog.open(join(dataDir, 'log.db'));
    const file = new ViewsFile(join(dataDir, 'views.db'));
    const tail = new LogTail(log, { clock, pollMs: 20 });
    await tail.start();
    const states = new StateCache(log, tail);
    const runner = new CommandRunner(log, tail, states, { clock });
    const fence = new FakeFence();
    const provided = [
      { provide: Clock, useValue: clock },
      { provide: EventLog, useValue: log },
      { provide: LogTail, useValue: tail },
      { provide: StateCache, useValue: states },
      { provide: CommandRunner, useValue: runner },
      { provide: ChangeFence, useValue: fence },
      { provide: ViewStore, useValue: new SqliteViewStore(file) },
      { provide: DirectoryViews, useValue: new SqliteDirectoryViews(file) },
      { provide: DirectorySecrets, useValue: secrets },
      ChangeCommands,
    ];
    class Composition {}
    Module({ providers: provided, exports: provided.map((one) => ('provide' in one ? one.provide : one)) })(Composition);
    const testing = await Test.createTestingModule({ imports: [{ module: Composition, global: true }, DirectoryModule] }).compile();
    const server = new InProcessServer();
    const app = testing.createNestMicroservice({ strategy: server, logger: false });
    await app.listen();
    const rpc = new RpcClient(new InProcessClient(server) satisfies ClientProxy, new RpcDeadlines(1_000));
    const close = async () => {
      await app.close();
      await runner.stop();
      await tail.stop();
      file.close();
      await log.close();
    };
    return new DirectoryRig({ log, fence, states, rpc, close });
  }

  close(): Promise<void> {
    return this.#close();
  }

  ask<S extends Subject>(subject: S, data: RequestOf<S>, caller: Partial<Caller> = {}): Promise<ReplyOf<S>> {
    return this.#rpc.call(subject, data, { requestId: 'r', commandId: newCommandId(), environmentId: this.environmentId, actor: 'operator', ...caller });
  }

  async createEnvironment(name = 'test', settings: Partial<EnvironmentSettings> = {}): Promise<string> {
    const all = { ...defaultSettings(name === 'test' ? 'https://auth.example.test' : `https://${name}.example.test`), ...settings };
    const { environmentId } = await this.ask('directory.create-environment', { environmentId: randomUUID(), name, settings: all });
    this.environmentId = environmentId;
    // The host of the new environment: no spec asks for it, and each would need to count it.
    this.fence.settledNames.length = 0;
    return environmentId;
  }

  async createUser(email: string, changes: Partial<RequestOf<'directory.create-user'>> = {}, caller: Partial<Caller> = {}): Promise<string> {
    const data = { userId: randomUUID(), email, emailConfirmed: true, password: null, profile: userProfile(), canCreateOrgs: false, ...changes };
    return (await this.ask('directory.create-user', data, caller)).userId;
  }

  async createOrganization(name: string, changes: Partial<OrganizationProfile> = {}): Promise<string> {
    const profile = organizationProfile({ name, ...changes });
    return (await this.ask('directory.create-organization', { orgId: randomUUID(), profile })).orgId;
  }

  async addMember(orgId: string, userId: string, role = 'Member', additionalRoles: readonly string[] = []): Promise<void> {
    await this.ask('directory.add-member', { userId, orgId, role, additionalRoles });
  }
}

export const userProfile = (changes: Partial<UserProfile> = {}): UserProfile => ({
  username: null,
  firstName: null,
  lastName: null,
  pictureUrl: null,
  legacyUserId: null,
  metadata: null,
  properties: {},
  updatePasswordRequired: false,
  ...changes,
});

export const organizationProfile = (changes: Partial<OrganizationProfile> = {}): OrganizationProfile => ({
  name: 'Acme',
  domain: null,
  extraDomains: [],
  autojoinByDomain: false,
  restrictToDomain: false,
  maxUsers: null,
  legacyOrgId: null,
  customRoleMappingName: null,
  metadata: {},
  canSetupSaml: false,
  passwordRotationEnabled: false,
  passwordRotationHistorySize: 0,
  passwordRotationPeriodDays: 0,
  require2faByMs: null,
  ...changes,
});

/** Why each request was refused; one that was not makes the caller's expectation fail. All are awaited at once, so that none goes unhandled. */
export const refusalsOf = async (requests: readonly Promise<unknown>[]): Promise<readonly unknown[]> =>
  (await Promise.allSettled(requests)).map((settled) => (settled.status === 'rejected' ? settled.reason : 'not refused'));
