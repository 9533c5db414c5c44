// What `POST /api/v1/public/verify` is measured against: servers that do the least that the work needs. They read the body, digest the
// organization's key and look it up, check the access token's signature and times, look its user up and write the same bytes. No fence,
// no session, no limit, no counting. `jose`: the check of the product's own library; `sync`: the same by node:crypto, on the spot.
import { createPublicKey, hash, verify } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { jwtVerify } from 'jose';

const KEEP_ALIVE_MS = 72_000;
const JSON_TYPE = 'application/json; charset=utf-8';

const digestOf = (token) => hash('sha256', `native:bench\n${token}`, 'hex');

const checks = {
  jose: (key) => async (token) => (await jwtVerify(token, key, { algorithms: ['RS256'], requiredClaims: ['sub', 'iat', 'exp', 'iss'] })).payload,
  sync: (key) => (token) => {
    const [header, claims, signature] = token.split('.');
    const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString());
    if (alg !== 'RS256' || !verify('RSA-SHA256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'))) throw new Error('a wrong signature');
    const payload = JSON.parse(Buffer.from(claims, 'base64url').toString());
    if (Date.now() >= payload.exp * 1_000) throw new Error('an old token');
    return payload;
  },
};

const listen = async ({ kind, path, jwk, slug, tokens, answers }) => {
  const check = checks[kind](createPublicKey({ key: jwk, format: 'jwk' }));
  const keys = new Set(tokens.map(digestOf));
  const answerOf = new Map(answers.map(([userId, body]) => [userId, Buffer.from(body)]));
  let answered = 0;
  const answer = async (request, chunks) => {
    const { token } = JSON.parse(Buffer.concat(chunks).toString());
    if (request.url !== path || request.headers['x-org-slug'] !== slug || !keys.has(digestOf(request.headers['x-api-key']))) throw new Error('an unknown key');
    const body = answerOf.get((await check(token)).sub);
    if (body === undefined) throw new Error('an unknown user');
    answered += 1;
    return body;
  };
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      void answer(request, chunks).then((body) => {
        response.writeHead(200, { 'Content-Type': JSON_TYPE, 'Content-Length': body.length, 'X-Request-Id': `bench-${answered.toString(36)}` });
        response.end(body);
      });
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
};

createInterface({ input: process.stdin }).once('line', (line) => {
  void listen(JSON.parse(line)).then((port) => process.stdout.write(`${port}\n`));
});
