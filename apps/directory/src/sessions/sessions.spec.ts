import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeJwt } from 'jose';
import type { ReplyOf } from '@app/messages';
import { tags } from '@app/domain';
import { mintRefreshToken, newKeyId, nextRefreshToken, refreshTokenDigests, type RefreshTokenDigests } from '@app/tokens';
import { type Deployment, DirectoryRig, newDeployment, userProfile } from '../testing/directory-rig.js';

const EMAIL = 'ada@example.test';
const PASSWORD = 'a long enough password';
const SECRET = Buffer.alloc(32, 1);

/** A refresh token as the edge holds it. */
class Token {
  constructor(
    readonly text: string,
    readonly environmentId: string,
  ) {}
  static first(environmentId: string): Token {
    return new Token(mintRefreshToken(newKeyId()).reveal(), environmentId);
  }
  get digests(): RefreshTokenDigests {
    const digests = refreshTokenDigests(this.environmentId, this.text);
    if (digests === null) throw new Error('That is not a refresh token.');
    return digests;
  }
  next(): Token {
    return new Token(nextRefreshToken(this.text, SECRET).reveal(), this.environmentId);
  }
}

describe('sessions', () => {
  let deployment: Deployment;
  let rig: DirectoryRig;
  let userId: string;
  beforeEach(async () => {
    deployment = newDeployment();
    rig = await DirectoryRig.open(deployment);
    await rig.createEnvironment();
    userId = await rig.createUser(EMAIL, { password: PASSWORD });
  });
  afterEach(async () => {
    await rig.close();
    deployment.remove();
  });

  const logIn = async (
    email = EMAIL,
    password = PASSWORD,
    lockUntilMs: number | null = null,
  ): Promise<{ token: Token; opened: ReplyOf<'directory.log-in'> }> => {
    const token = Token.first(rig.environmentId);
    return { token, opened: await rig.ask('directory.log-in', { ...token.digests, email, password, lockUntilMs }) };
  };
  const refresh = async (
    token: Token,
    next = token.next(),
    activeOrgId: string | null = null,
    mayRepeat = false,
  ): Promise<ReplyOf<'directory.refresh-session'>> =>
    rig.ask('directory.refresh-session', { ...token.digests, newTokenDigest: next.digests.tokenDigest, activeOrgId, mayRepeat });

  it('begin with the right password, whatever the case of the address, and move last_active_at', async () => {
    const before = (await rig.ask('directory.fetch-user', { by: 'id', value: userId, includeOrgs: false })).user.lastActiveAtMs;
    const { token, opened } = await logIn('ADA@example.test');
    expect(opened).toMatchObject({ userId, loginState: 'Finished' });
    expect(decodeJwt(opened.accessToken)).toMatchObject({
      sub: userId,
      sid: token.digests.sessionId,
      session_epoch: 1,
      login_method: { login_method: 'password' },
    });
    const after = (await rig.ask('directory.fetch-user', { by: 'id', value: userId, includeOrgs: false })).user.lastActiveAtMs;
    expect(after).toBeGreaterThanOrEqual(before);
    expect((await rig.ask('directory.fetch-session', token.digests)).userId).toBe(userId);
  });

  it('are refused alike for a wrong password, no password and no user', async () => {
    await rig.createUser('none@example.test');
    for (const [email, password] of [[EMAIL, 'another password'], ['none@example.test'], ['nobody@example.test'], ['not an address']] as const) {
      await expect(logIn(email, password)).rejects.toMatchObject({ code: 'WRONG_CREDENTIALS', fields: {} });
    }
  });

  it('rotate their token without a wait for the fence, and a made-up one of the same session changes nothing', async () => {
    const { token } = await logIn();
    const next = token.next();
    expect(await refresh(token, next)).toMatchObject({ userId, user: { userId } });
    expect(rig.fence.settledNames).toEqual([]);
    const madeUp = new Token(mintRefreshToken(token.digests.sessionId).reveal(), rig.environmentId);
    await expect(refresh(madeUp)).rejects.toMatchObject({ code: 'SESSION_OVER' });
    expect(await refresh(next)).toMatchObject({ userId });
  });

  it('end for both when a script shows a token that was replaced, and the end waits for the fence', async () => {
    const { token } = await logIn();
    const next = token.next();
    await refresh(token, next);
    await expect(refresh(token, next)).rejects.toMatchObject({ code: 'SESSION_OVER' });
    expect(rig.fence.settledNames).toEqual([[tags.session(token.digests.sessionId)]]);
    await expect(refresh(next)).rejects.toMatchObject({ code: 'SESSION_OVER' });
  });

  it('go on when a browser with two tabs shows a token twice, and both tabs have the same one then', async () => {
    const { token } = await logIn();
    const next = token.next();
    const both = await Promise.all([refresh(token, next, null, true), refresh(token, next, null, true)]);
    expect(both.map((answer) => answer.userId)).toEqual([userId, userId]);
    expect(both.map((answer) => answer.keepsToken)).toEqual([false, false]);
    expect(await refresh(next, next.next(), null, true)).toMatchObject({ userId, keepsToken: true });
    const third = next.next();
    await refresh(next, third);
    await expect(refresh(token, next, null, true)).rejects.toMatchObject({ code: 'SESSION_OVER' });
    await expect(refresh(third)).rejects.toMatchObject({ code: 'SESSION_OVER' });
  });

  it('end with a logout, which waits for the fence, whichever of the tokens it shows', async () => {
    const { token } = await logIn();
    const next = token.next();
    await refresh(token, next);
    expect(await rig.ask('directory.end-session', token.digests)).toEqual({ userId });
    expect(rig.fence.settledNames).toEqual([[tags.session(token.digests.sessionId)]]);
    await expect(refresh(next)).rejects.toMatchObject({ code: 'SESSION_OVER' });
  });

  it('end with a logout by an access token that was checked, which waits for the fence too, and no message without a word about it does', async () => {
    const { token } = await logIn();
    const { sessionId } = token.digests;
    await expect(rig.ask('directory.end-session', { sessionId } as never)).rejects.toThrow();
    await expect(rig.ask('directory.end-session', { sessionId: 'f'.repeat(32), familyDigest: null })).rejects.toMatchObject({ code: 'SESSION_OVER' });
    expect(rig.fence.settledNames).toEqual([]);
    expect(await rig.ask('directory.end-session', { sessionId, familyDigest: null })).toEqual({ userId });
    expect(rig.fence.settledNames).toEqual([[tags.session(sessionId)]]);
    await expect(refresh(token)).rejects.toMatchObject({ code: 'SESSION_OVER' });
  });

  it('end with a block, another password and the end of all, and an unblock brings none back', async () => {
    const endings = [
      () => rig.ask('directory.block-user', { userId }),
      () => rig.ask('directory.set-password', { userId, password: PASSWORD, updatePasswordRequired: false }),
      () => rig.ask('directory.end-sessions', { userId }),
    ];
    for (const end of endings) {
      await rig.ask('directory.unblock-user', { userId });
      const { token } = await logIn();
      await end();
      await rig.ask('directory.unblock-user', { userId });
      await expect(refresh(token)).rejects.toMatchObject({ code: 'SESSION_OVER' });
      await expect(rig.ask('directory.fetch-session', token.digests)).rejects.toMatchObject({ code: 'SESSION_OVER' });
    }
  });

  it('do not begin for who is blocked or locked, and only the right password learns of a block', async () => {
    await expect(logIn(EMAIL, 'another password', Date.now() + 60_000)).rejects.toMatchObject({ code: 'WRONG_CREDENTIALS' });
    expect(rig.fence.settledNames).toEqual([[tags.user(userId)]]);
    await expect(logIn()).rejects.toMatchObject({ code: 'ACCOUNT_LOCKED' });
    await rig.ask('directory.unblock-user', { userId });
    await expect(logIn()).resolves.toBeDefined();
    await rig.ask('directory.block-user', { userId });
    await expect(logIn()).rejects.toMatchObject({ code: 'ACCOUNT_DISABLED' });
    await expect(logIn(EMAIL, 'another password')).rejects.toMatchObject({ code: 'WRONG_CREDENTIALS' });
  });

  it('are of one environment: another one with the same address and password knows nothing of them', async () => {
    const { token } = await logIn();
    await rig.createEnvironment('other');
    await expect(logIn()).rejects.toMatchObject({ code: 'WRONG_CREDENTIALS' });
    await expect(refresh(new Token(token.text, rig.environmentId))).rejects.toMatchObject({ code: 'SESSION_OVER' });
    await expect(rig.ask('directory.end-session', new Token(token.text, rig.environmentId).digests)).rejects.toMatchObject({ code: 'SESSION_OVER' });
  });

  it('carry an active organization only for members', async () => {
    const orgId = await rig.createOrganization('Acme');
    const { token } = await logIn();
    await expect(refresh(token, token.next(), orgId)).rejects.toMatchObject({ code: 'NOT_A_MEMBER' });
    await rig.addMember(orgId, userId, 'Owner');
    const { accessToken } = await refresh(token, token.next(), orgId);
    expect(decodeJwt(accessToken)).toMatchObject({ org_member_info: { org_id: orgId, user_role: 'Owner' } });
  });

  it('need an environment that lets people sign up, and a known address is answered like a new one', async () => {
    const signUp = (email: string, username: string | null = null) =>
      rig.ask('directory.sign-up', { userId: randomUUID(), email, password: PASSWORD, profile: userProfile({ username }) });
    await expect(signUp('new@example.test')).rejects.toMatchObject({ code: 'ACTION_DISABLED' });
    await rig.ask('directory.change-settings', { changes: { publicSignupEnabled: true } });
    expect([await signUp('new@example.test', 'taken'), await signUp(EMAIL)]).toEqual([{}, {}]);
    for (const email of ['third@example.test', EMAIL])
      await expect(signUp(email, 'taken')).rejects.toMatchObject({ fields: { username: [expect.any(String)] } });
    await expect(logIn('new@example.test')).resolves.toBeDefined();
    await expect(logIn()).resolves.toMatchObject({ opened: { userId } });
  });
});
