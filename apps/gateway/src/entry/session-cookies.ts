import '@fastify/cookie';
import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SessionGrant } from '@app/messages';
import { bearerToken } from '@app/tokens';

const ACCESS_COOKIE = 'access_token';
export const REFRESH_COOKIE = 'refresh_token';

/** Lax: pages of the same site send the cookies, whatever their origin; forms on other sites do not. Scripts cannot read them. */
const ATTRIBUTES: CookieSerializeOptions = { path: '/', httpOnly: true, secure: true, sameSite: 'lax' };

export const cookieOf = ({ cookies }: FastifyRequest, name: string): string | null => cookies[name] ?? null;

/** Every access token that a call presents, unchecked. The header, which a program sets on purpose, comes before the cookie, which a browser adds. */
export const accessTokensOf = (request: FastifyRequest): readonly string[] =>
  [bearerToken(request.headers.authorization), cookieOf(request, ACCESS_COOKIE)].filter((token) => token !== null);

/** `refreshToken` is in the clear: only this response has it. Null if the browser keeps the one it has. */
export const setSessionCookies = (
  reply: FastifyReply,
  session: Pick<SessionGrant, 'accessToken' | 'accessExpiresAtMs' | 'expiresAtMs'>,
  refreshToken: string | null,
): void => {
  void reply.setCookie(ACCESS_COOKIE, session.accessToken, { ...ATTRIBUTES, expires: new Date(session.accessExpiresAtMs) });
  if (refreshToken === null) return;
  void reply.setCookie(REFRESH_COOKIE, refreshToken, { ...ATTRIBUTES, expires: new Date(session.expiresAtMs) });
};

export const clearSessionCookies = (reply: FastifyReply): void => {
  void reply.clearCookie(ACCESS_COOKIE, ATTRIBUTES).clearCookie(REFRESH_COOKIE, ATTRIBUTES);
};
