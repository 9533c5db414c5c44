// Servers that do the least that `POST /api/v1/public/verify` needs. They read the body, digest the organization's key and look it up,
// check the access token's signature and times, look its user up and write the same bytes. No fence, no session, no limit, no counting.
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { jwtVerify } from 'jose';
import { JSON_TYPE, listenOnHttp, tokenDigest } from './bare-validate.js';
import type { VerifyWish } from './baseline-protocol.js';

const SPACE = 'bench';

interface Claims {
  readonly sub?: string;
  readonly exp?: number;
}

type Check = (token: string) => Claims | Promise<Claims>;

const parsed = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());

const CHECKS: Readonly<Record<VerifyWish['check'], (key: KeyObject) => Check>> = {
  jose: (key) => async (token) => (await jwtVerify(token, key, { algorithms: ['RS256'], requiredClaims: ['sub', 'iat', 'exp', 'iss'] })).payload,
  sync: (key) => (token) => {
    const [header = '', claims = '', signature = ''] = token.split('.');
    const { alg } = parsed(header) as { readonly alg: string };
    if (alg !== 'RS256' || !verify('RSA-SHA256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url')))
      throw new Error('a wrong signature');
    const payload = parsed(claims) as Claims;
    if (Date.now() >= (payload.exp ?? 0) * 1_000) throw new Error('an old token');
    return payload;
  },
};

const headerOf = (request: IncomingMessage, name: string): string => String(request.headers[name] ?? '');

export const verifyServer = ({ check, path, jwk, slug, tokens, answers }: VerifyWish): Promise<number> => {
  const checked = CHECKS[check](createPublicKey({ key: jwk, format: 'jwk' }));
  const keys = new Set(tokens.map((token) => tokenDigest(SPACE, token)));
  const answerOf = new Map(answers.map(([userId, body]) => [userId, Buffer.from(body)]));
  let answered = 0;
  const answer = async (request: IncomingMessage, chunks: readonly Buffer[]): Promise<Buffer> => {
    const { token } = JSON.parse(Buffer.concat(chunks).toString()) as { readonly token: string };
    const isKnown = request.url === path && headerOf(request, 'x-org-slug') === slug && keys.has(tokenDigest(SPACE, headerOf(request, 'x-api-key')));
    if (!isKnown) throw new Error('an unknown key');
    const body = answerOf.get((await checked(token)).sub ?? '');
    if (body === undefined) throw new Error('an unknown user');
    answered += 1;
    return body;
  };
  return listenOnHttp((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void answer(request, chunks).then((body) => {
        response.writeHead(200, { 'Content-Type': JSON_TYPE, 'Content-Length': body.length, 'X-Request-Id': `bench-${answered.toString(36)}` });
        response.end(body);
      });
    });
  });
};
