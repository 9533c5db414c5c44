import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CapturedOutput } from '@tools/stack';
import { reapWithParent } from '@tools/stack/src/processes/child-reaper.js';
import { blocksOf } from '@test/support/project/code-blocks.js';
import { BackendApi, KEYS, V1 } from '@test/support/clients/backend-api.js';
import { OrganizationStage, type StagedMember, type StagedOrg } from './organization-stage.js';
import { gatewayModes } from '@test/support/servers/tested-modes.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

const PAGE = 'docs/organization-api.md';
const FILE = 'end-user-check.mjs';

/** The page's example as a process of its own. It finds its environment by the address that it calls, as a customer's service does. */
class EndUserCheck {
  readonly #folder = mkdtempSync(join(tmpdir(), 'keyfence-end-user-'));
  readonly #child: ChildProcess;
  readonly #output: CapturedOutput;
  #origin = '';

  constructor(env: Readonly<Record<string, string>>) {
    const example = blocksOf(PAGE).find(({ role, value }) => role === 'file' && value === FILE);
    writeFileSync(join(this.#folder, FILE), example?.text ?? '');
    this.#child = spawn(process.execPath, [FILE], { cwd: this.#folder, env: { ...env, PORT: '0' }, stdio: ['ignore', 'pipe', 'pipe'] });
    reapWithParent(this.#child);
    this.#output = new CapturedOutput(this.#child.stdout);
  }

  async listening(): Promise<void> {
    const [, origin] = (await this.#output.match(/(http:\/\/127\.0\.0\.1:\d+)\s/)) ?? [];
    if (origin === undefined) throw new Error('The example has ended.');
    this.#origin = origin;
  }

  async visit(token: string | null): Promise<readonly [number, string]> {
    const answer = await fetch(this.#origin, { headers: token === null ? {} : { authorization: `Bearer ${token}` } });
    return [answer.status, await answer.text()];
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    await ended;
    rmSync(this.#folder, { recursive: true });
  }
}

const AWAY = [401, 'Please log in.\n'];

describe.each(gatewayModes)('a service that checks its end users as the page says, $name', ({ start }) => {
  let server: TestedServer;
  let stage: OrganizationStage;
  let org: StagedOrg;
  let key: { readonly id: string; readonly token: string };
  let service: EndUserCheck;

  beforeAll(async () => {
    server = await start();
    await server.changeSettings({ authUrl: server.origin });
    stage = new OrganizationStage(server.origin, BackendApi.of(server), new URL(server.origin).host);
    org = await stage.newOrg({ name: 'Blue Fig' });
    key = await stage.newKey(await stage.newMember(org), org);
    service = new EndUserCheck({ KEYFENCE_ORIGIN: server.origin, ORG_KEY: key.token, ORG_SLUG: org.slug });
    await service.listening();
  });
  afterAll(async () => {
    await service?.stop();
    await server?.remove();
  });

  const welcome = ({ email }: StagedMember, role: string): readonly unknown[] => [200, `Hello ${email}, ${role} of Blue Fig.\n`];

  it('lets members in, and no caller with a token that is made up, unrelated or missing', async () => {
    const [admin, member] = [await stage.newMember(org, 'Admin'), await stage.newMember(org, 'Member')];
    const stranger = await stage.newMember(await stage.newOrg());
    expect(await service.visit(admin.endUser.accessToken)).toEqual(welcome(admin, 'org_admin'));
    expect(await service.visit(member.endUser.accessToken)).toEqual(welcome(member, 'member'));
    for (const token of [null, 'made-up', `${admin.endUser.accessToken}x`, stranger.endUser.accessToken, key.token])
      expect(await service.visit(token)).toEqual(AWAY);
  });

  it.each([
    ['blocked', (userId: string) => stage.backend.done('POST', `${V1}/user/${userId}/disable`)],
    ['deleted', (userId: string) => stage.backend.done('DELETE', `${V1}/user/${userId}`)],
    ['removed from the organization', (userId: string) => stage.backend.removeMember(userId, org.orgId)],
    ['logged out everywhere', (userId: string) => stage.backend.done('POST', `${V1}/user/${userId}/logout_all_sessions`)],
  ])('an end user is let in no more once it has been answered that the user is %s, however many are on their way in', async (_, end) => {
    const endUser = await stage.newMember(org, 'Member');
    const token = endUser.endUser.accessToken;
    expect(await service.visit(token)).toEqual(welcome(endUser, 'member'));
    let ended = false;
    const late: number[] = [];
    const crowd = Array.from({ length: 4 }, async () => {
      for (let visits = 0; visits < 8; visits += 1) {
        const beganAfter = ended;
        const [status] = await service.visit(token);
        if (beganAfter && status !== 401) late.push(status);
      }
    });
    await end(endUser.userId);
    ended = true;
    expect(await service.visit(token)).toEqual(AWAY);
    await Promise.all(crowd);
    expect(late).toEqual([]);
  });

  it('lets no user in with a key that was revoked, and says that it cannot know', async () => {
    const endUser = await stage.newMember(org, 'Member');
    expect(await service.visit(endUser.endUser.accessToken)).toEqual(welcome(endUser, 'member'));
    await stage.backend.done('DELETE', `${KEYS}/${key.id}`);
    expect(await service.visit(endUser.endUser.accessToken)).toEqual([503, 'Please try again.\n']);
  });
});
