import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import type { EnvironmentSigner } from './environment-signer.js';

/** What a forger has: a token that holds, the public key, and what the environment is called. */
export interface ForgersKnowledge {
  readonly goodToken: string;
  readonly publicKeyPem: string;
  /** Of another user in the same environment. */
  readonly otherUserId: string;
}
export type Forgery = readonly [name: string, token: string];

const base64url = (bytes: string | Buffer): string => Buffer.from(bytes).toString('base64url');
const partsOf = (token: string): readonly [string, string, string] => {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return [header, payload, signature];
};
const unsigned = (header: unknown, claims: unknown): string => `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
const withHmac = (header: unknown, claims: unknown, secret: string | Buffer): string => {
  const text = unsigned(header, claims);
  return `${text}.${base64url(createHmac('sha256', secret).update(text).digest())}`;
};
const withRsa = (header: unknown, claims: unknown, key: KeyObject): string => {
  const text = unsigned(header, claims);
  return `${text}.${base64url(sign('sha256', Buffer.from(text), key))}`;
};

const strangersKey = (): KeyObject => createPrivateKey(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'pem', type: 'pkcs8' }));

const withoutSignature = ({ goodToken }: ForgersKnowledge): readonly Forgery[] => {
  const claims = decodeJwt(goodToken);
  const { kid } = decodeProtectedHeader(goodToken);
  const [header, payload, signature] = partsOf(goodToken);
  return [
    ...['none', 'None', 'NONE', 'nOnE', '', null, 5, ['RS256'], undefined].flatMap((alg): readonly Forgery[] => [
      [`alg ${JSON.stringify(alg) ?? 'missing'} without a signature`, `${unsigned({ alg, typ: 'JWT', kid }, claims)}.`],
      [`alg ${JSON.stringify(alg) ?? 'missing'} with the old signature`, `${unsigned({ alg, typ: 'JWT', kid }, claims)}.${signature}`],
    ]),
    ['no signature', `${header}.${payload}.`],
    ['two parts', `${header}.${payload}`],
    ['four parts', `${goodToken}.${signature}`],
    ['a nested token', `${goodToken}.${goodToken}`],
    ['half a signature', goodToken.slice(0, -170)],
    ['another last character', `${goodToken.slice(0, -4)}AAAA`],
    ['a signature of zeros', `${header}.${payload}.${base64url(Buffer.alloc(256))}`],
  ];
};

const withSharedSecret = ({ goodToken, publicKeyPem }: ForgersKnowledge): readonly Forgery[] => {
  const claims = decodeJwt(goodToken);
  const { kid } = decodeProtectedHeader(goodToken);
  const publicKey = createPublicKey(publicKeyPem);
  const der = publicKey.export({ format: 'der', type: 'spki' });
  const secrets: readonly (readonly [string, string | Buffer])[] = [
    ['PEM', publicKeyPem],
    ['PEM without its last line break', publicKeyPem.trim()],
    ['DER', der],
    ['DER as PKCS 1', publicKey.export({ format: 'der', type: 'pkcs1' })],
    ['modulus', String(publicKey.export({ format: 'jwk' }).n)],
    ['nothing', ''],
  ];
  return secrets.flatMap(([name, secret]) =>
    ['HS256', 'HS512', 'RS256'].map((alg): Forgery => [`${alg} by HMAC with the public key's ${name}`, withHmac({ alg, typ: 'JWT', kid }, claims, secret)]),
  );
};

const withAnotherKey = ({ goodToken, otherUserId }: ForgersKnowledge): readonly Forgery[] => {
  const claims = decodeJwt(goodToken);
  const { kid } = decodeProtectedHeader(goodToken);
  const key = strangersKey();
  const jwk = createPublicKey(key).export({ format: 'jwk' });
  const header = { alg: 'RS256', typ: 'JWT', kid };
  const other = claims.sub === otherUserId ? 'x' : otherUserId;
  return [
    ['signed with another RSA key', withRsa(header, claims, key)],
    ['for another user', withRsa(header, { ...claims, sub: other, user_id: other }, key)],
    ['with its key in the header', withRsa({ ...header, jwk }, claims, key)],
    ['with a key set to fetch', withRsa({ ...header, jku: 'http://127.0.0.1:9/keys' }, claims, key)],
    ['with a certificate', withRsa({ ...header, x5c: [base64url('certificate')], x5u: 'http://127.0.0.1:9/' }, claims, key)],
    ...['unknown', '', '../../dev/null', '__proto__', 'constructor', "' OR 1=1 --", 'a'.repeat(4_000), null, 5, [kid], { id: kid }].map((other_): Forgery => [
      `kid ${JSON.stringify(other_).slice(0, 30)}`,
      withRsa({ ...header, kid: other_ }, claims, key),
    ]),
    ['with an extension that must be known', withRsa({ ...header, crit: ['b64'], b64: false }, claims, key)],
  ];
};

const tampered = ({ goodToken, otherUserId }: ForgersKnowledge): readonly Forgery[] => {
  const [header, payload, signature] = partsOf(goodToken);
  const changed = (claims: Readonly<Record<string, unknown>>): string =>
    `${header}.${base64url(JSON.stringify({ ...decodeJwt(goodToken), ...claims }))}.${signature}`;
  return [
    ['another sub', changed({ sub: otherUserId, user_id: otherUserId })],
    ['a later end', changed({ exp: 4_000_000_000 })],
    ['another epoch', changed({ session_epoch: 99 })],
    ['claims that are a list', `${header}.${base64url('[]')}.${signature}`],
    ['claims that are null', `${header}.${base64url('null')}.${signature}`],
    ['a header that is a list', `${base64url('[]')}.${payload}.${signature}`],
    ['a header that is null', `${base64url('null')}.${payload}.${signature}`],
    ['a header that is not JSON', `${base64url('{broken')}.${payload}.${signature}`],
    ['a header of invalid UTF-8', `${base64url(Buffer.from([0xff, 0xfe, 0xc3]))}.${payload}.${signature}`],
    ['a header of many lists', `${base64url(`${'['.repeat(3_000)}${']'.repeat(3_000)}`)}.${payload}.${signature}`],
  ];
};

/** The same bytes in another spelling. A cookie or a header may not hold all of them, so what is sent differs: none may pass. */
const respelled = ({ goodToken }: ForgersKnowledge): readonly Forgery[] => {
  const [header, payload, signature] = partsOf(goodToken);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  // 256 bytes leave four bits of the last character unused: the next one means the same.
  const looseBits = `${signature.slice(0, -1)}${alphabet[alphabet.indexOf(signature.slice(-1)) + 1] ?? ''}`;
  const spellings = [
    ['padding', `${signature}==`],
    ['loose bits', looseBits],
    ['a blank inside', `${signature.slice(0, 99)} ${signature.slice(99)}`],
    ['plain base64', Buffer.from(signature, 'base64url').toString('base64')],
  ];
  return spellings.map(([name, other]): Forgery => [`the signature with ${String(name)}`, `${header}.${payload}.${String(other)}`]);
};

const NOISE: readonly Forgery[] = [
  ['two dots', '..'],
  ['one dot', '.'],
  ['three dots', '...'],
  ['8 KB of dots', '.'.repeat(8_192)],
  ['8 KB of a', 'a'.repeat(8_192)],
  ['a.a.a', 'a.a.a'],
  ['percent signs', '%00%2e%2e.%ff.%'],
  ['an object', '{}'],
  ['null', 'null'],
  ['undefined', 'undefined'],
];

/** Whatever can be made without an environment's private key. */
export const forgeries = (known: ForgersKnowledge): readonly Forgery[] => [
  ...withoutSignature(known),
  ...withSharedSecret(known),
  ...withAnotherKey(known),
  ...tampered(known),
  ...respelled(known),
  ...NOISE,
];

/** What is wrong with tokens that the environment's own key has signed. */
export const wrongClaims = async (signer: EnvironmentSigner, good: JWTPayload, otherUserId: string): Promise<readonly Forgery[]> => {
  const without = (...names: readonly string[]): JWTPayload => Object.fromEntries(Object.entries(good).filter(([name]) => !names.includes(name)));
  const iss = good.iss ?? '';
  const epoch = Number(good['session_epoch']);
  const now = Math.floor(Date.now() / 1_000);
  const wrong: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ...['sub', 'iat', 'exp', 'iss'].map((name) => [`no ${name}`, without(name)] as const),
    ...[`${iss}/`, `${iss}.evil.test`, iss.toUpperCase(), 'https://elsewhere.example.test', '', [iss], { url: iss }, null, 5].map(
      (other) => [`iss ${JSON.stringify(other)}`, { ...good, iss: other }] as const,
    ),
    ...[now, now - 1, 0, -1, String(now + 900), null, [now + 900], 'never'].map((exp) => [`exp ${JSON.stringify(exp)}`, { ...good, exp }] as const),
    ...['', 'nobody', [good.sub], { id: good.sub }, null, 5, `${String(good.sub)}0`, '__proto__', '00000000-0000-4000-8000-000000000000'].map(
      (sub) => [`sub ${JSON.stringify(sub)}`, { ...good, sub }] as const,
    ),
    ...['now', null, [now], {}].map((iat) => [`iat ${JSON.stringify(iat)}`, { ...good, iat }] as const),
    ...[now + 300, 'soon', null].map((nbf) => [`nbf ${JSON.stringify(nbf)}`, { ...good, nbf }] as const),
    ...[epoch - 1, -1, 'x', String(epoch), {}, [epoch], null].flatMap((session_epoch) =>
      [good, without('sid')].map((claims) => [`session_epoch ${JSON.stringify(session_epoch)}`, { ...claims, session_epoch }] as const),
    ),
    ['the session of another user', { ...good, sub: otherUserId }],
    ...['f'.repeat(32), '', 'x', null, 5, [good['sid']]].map((sid) => [`sid ${JSON.stringify(sid)}`, { ...good, sid }] as const),
  ];
  const tokens = wrong.map(async ([name, claims]): Promise<Forgery> => [name, await signer.sign(claims)]);
  return Promise.all(tokens);
};
