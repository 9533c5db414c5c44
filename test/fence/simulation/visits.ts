import { decideEndSessions, decideSetPassword, decideStartSession, tags } from '@app/domain';
import { createdBy } from '@app/platform';
import { changeSettings } from '@app/directory/environments/environment-changes.js';
import { endSession } from '@app/directory/sessions/end-session.js';
import { RefreshSession } from '@app/directory/sessions/refresh-session.js';
import type { SimulatedCommand } from './operations.js';
import type { UseCase } from './use-case.js';
import { ENV, HOSTS, identifierHashes, SEALED_PASSWORD, USERS } from './world-start.js';

/** What end users do. `user`, `session` and `host` are indexes; a session that does not exist is not asked for. */
export type Visit =
  | { readonly does: 'log in' | 'end sessions' | 'set password'; readonly user: number }
  | { readonly does: 'refresh' | 'refresh again' | 'refresh with an unknown token' | 'log out'; readonly session: number }
  | { readonly does: 'move host'; readonly host: number };

/** A session as its browser knows it. */
export interface Browser {
  readonly sessionId: string;
  readonly userId: string;
  /** Digests of the newest refresh token that it was given, and of the one before. */
  tokenDigest: string;
  replacedDigest: string;
}

export interface VisitCommand extends SimulatedCommand {
  readonly useCase?: UseCase;
}

/** Follows from the token, so that two who show the same one are given the same. */
const nextOf = (tokenDigest: string): string => `${tokenDigest}>`;
const familyDigest = (sessionId: string): string => `family of ${sessionId}`;
const named = (commandId: string, text: string): Omit<SimulatedCommand, 'names' | 'tags' | 'decide'> => ({ commandId, text, where: 'directory', issues: null });
/** What a use case decides and which names it settles is known when it runs. */
const unknownYet = { names: [], tags: [], decide: () => [] } as const;

const logIn = (userId: string, sessionId: string, commandId: string): { readonly browser: Browser; readonly useCase: UseCase } => {
  const browser = { sessionId, userId, tokenDigest: `${sessionId}-0`, replacedDigest: `${sessionId}-0` };
  const session = {
    sessionId,
    userId,
    environmentId: ENV,
    verifiedPasswordHash: SEALED_PASSWORD,
    familyHash: identifierHashes.sessionHash(familyDigest(sessionId)),
    tokenHash: identifierHashes.sessionHash(browser.tokenDigest),
  };
  const useCase: UseCase = async ({ runner, sessions, deadlineMs }) => {
    const outcome = await runner.run({
      commandId,
      actor: 'system',
      deadlineMs,
      tags: [tags.session(sessionId), tags.user(userId), tags.env(ENV)],
      decide: (view, at) => decideStartSession(session, { session: view.session(sessionId), user: view.user(userId), environment: view.environment(ENV) }, at),
    });
    const { expiresAtMs } = createdBy(outcome, 'session.started.v1').data;
    return sessions.issue(ENV, { userId, sessionId, expiresAtMs, activeOrgId: null });
  };
  return { browser, useCase };
};

const refresh =
  (browser: Browser, tokenDigest: string, commandId: string): UseCase =>
  async ({ runner, fence, states, sessions, deadlineMs }) => {
    const data = {
      sessionId: browser.sessionId,
      familyDigest: familyDigest(browser.sessionId),
      tokenDigest,
      newTokenDigest: nextOf(tokenDigest),
      activeOrgId: null,
      mayRepeat: true,
    };
    await new RefreshSession(runner, fence, identifierHashes, states, sessions).run({ meta: metaOf(commandId, deadlineMs), data });
    Object.assign(browser, { tokenDigest: nextOf(tokenDigest), replacedDigest: tokenDigest });
  };

const logOut =
  ({ sessionId }: Browser, commandId: string): UseCase =>
  async ({ changes, states, deadlineMs }) => {
    const data = { sessionId, familyDigest: familyDigest(sessionId), tokenDigest: 'any' };
    const meta = metaOf(commandId, deadlineMs);
    await changes.make(meta, await endSession({ meta, data }, { hashes: identifierHashes, states }));
  };

const moveHost =
  (host: string, commandId: string): UseCase =>
  async ({ changes, states, deadlineMs }) => {
    const meta = metaOf(commandId, deadlineMs);
    await changes.make(meta, await changeSettings({ meta, data: { changes: { authUrl: `https://${host}` } } }, { states }));
  };

const metaOf = (commandId: string, deadlineMs: number) => ({ requestId: commandId, commandId, environmentId: ENV, actor: 'operator', leftMs: deadlineMs });

/** Decisions that any writer may carry out as they are. */
const plain = (does: 'end sessions' | 'set password', userId: string): Pick<SimulatedCommand, 'names' | 'tags' | 'decide'> => {
  const about = { userId, environmentId: ENV };
  const names = [tags.user(userId)];
  if (does === 'end sessions') return { names, tags: names, decide: (view) => decideEndSessions(about, { user: view.user(userId) }) };
  return {
    names,
    tags: names,
    decide: (view) => decideSetPassword({ ...about, sealedPasswordHash: SEALED_PASSWORD, updatePasswordRequired: false }, { user: view.user(userId) }),
  };
};

/** Null when the session that is meant does not exist. A log-in adds to the browsers. */
export const visitCommandOf = (visit: Visit, count: number, browsers: Browser[]): VisitCommand | null => {
  const commandId = `command-${count}`;
  if (visit.does === 'move host') {
    const host = HOSTS[visit.host] ?? HOSTS[0];
    return { ...named(commandId, `move to ${host}`), ...unknownYet, useCase: moveHost(host, commandId) };
  }
  if ('user' in visit) {
    const userId = USERS[visit.user] ?? 'u0';
    if (visit.does !== 'log in') return { ...named(commandId, `${visit.does} ${userId}`), ...plain(visit.does, userId) };
    const { browser, useCase } = logIn(userId, `s${browsers.length}`, commandId);
    browsers.push(browser);
    return { ...named(commandId, `log in ${userId} as ${browser.sessionId}`), ...unknownYet, useCase };
  }
  const browser = browsers[visit.session];
  if (browser === undefined) return null;
  const text = `${visit.does} ${browser.sessionId}`;
  if (visit.does === 'log out') return { ...named(commandId, text), ...unknownYet, useCase: logOut(browser, commandId) };
  const shown = { refresh: browser.tokenDigest, 'refresh again': browser.replacedDigest, 'refresh with an unknown token': 'unknown' }[visit.does];
  return { ...named(commandId, text), ...unknownYet, useCase: refresh(browser, shown, commandId) };
};
