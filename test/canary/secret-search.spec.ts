import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { RUN_LENGTH, SecretSearch } from './secret-search.js';

const HEX = randomBytes(32).toString('hex');
const ODD = `${randomBytes(8).toString('hex')} ü"\\ ${randomBytes(8).toString('hex')}\u0007𝄞 ${randomBytes(8).toString('hex')}`;
const utf8 = (text: string): Buffer => Buffer.from(text);

const spelled = (secret: string): readonly (readonly [string, Buffer])[] => [
  ['plain', utf8(secret)],
  ['in JSON', utf8(JSON.stringify({ a: secret }))],
  ['in JSON in JSON', utf8(JSON.stringify(JSON.stringify([secret])))],
  ['percent-encoded', utf8(encodeURIComponent(secret))],
  ['in a form', utf8(new URLSearchParams({ a: secret }).toString())],
  ['base64', utf8(utf8(secret).toString('base64'))],
  ['base64 behind one other byte', utf8(utf8(`x${secret}`).toString('base64'))],
  ['base64url behind two other bytes', utf8(utf8(`xy${secret}z`).toString('base64url'))],
  ['hex', utf8(utf8(secret).toString('hex'))],
  ['upper case', utf8(secret.toUpperCase())],
  ['Latin-1', Buffer.from(secret, 'latin1')],
  ['UTF-16LE', Buffer.from(secret, 'utf16le')],
  ['UTF-16LE at an odd offset', Buffer.concat([utf8('x'), Buffer.from(secret, 'utf16le')])],
];

/** Protects: a canary that finds nothing has looked. */
describe('the search for secrets', () => {
  for (const [kind, secret] of [
    ['of hex digits', HEX],
    ['of odd characters', ODD],
  ] as const) {
    it.each(spelled(secret))(`finds a secret ${kind} %s in noise, and says where`, (_, bytes) => {
      const search = new SecretSearch();
      search.add('the secret', secret);
      const noise = randomBytes(1_000);
      const [finding] = search.inBytes(Buffer.concat([noise, bytes, noise]));
      expect(finding).toMatchObject({ kind: 'the secret' });
      expect(finding?.offset).toBeGreaterThanOrEqual(noise.length);
      expect(finding?.offset).toBeLessThan(noise.length + bytes.length);
      expect(JSON.stringify(finding)).not.toContain(secret.slice(0, 8));
    });
  }

  it('finds what was decoded from hex, as bytes and in base64', () => {
    const search = new SecretSearch();
    search.add('the secret', HEX);
    const bytes = Buffer.from(HEX, 'hex');
    expect(search.inBytes(Buffer.concat([randomBytes(3), bytes]))).not.toEqual([]);
    expect(search.inText(bytes.toString('base64'))).not.toEqual([]);
  });

  it('finds any run of it that is long enough, and nothing in what is shorter', () => {
    const search = new SecretSearch();
    search.add('the secret', HEX);
    for (let start = 0; start + RUN_LENGTH <= HEX.length; start += 1) {
      expect(search.inText(`…${HEX.slice(start, start + RUN_LENGTH)}…`)).toHaveLength(1);
      expect(search.inText(HEX.slice(start, start + RUN_LENGTH - 1))).toEqual([]);
    }
  });

  it('tells a thousand secrets apart and takes none for another', () => {
    const search = new SecretSearch();
    const secrets = Array.from({ length: 1_000 }, () => randomBytes(32).toString('hex'));
    secrets.forEach((secret, index) => search.add(String(index), secret));
    expect(search.inBytes(randomBytes(1_000_000))).toEqual([]);
    expect(search.inText(randomBytes(500_000).toString('hex'))).toEqual([]);
    // A set: sixteen digits in a row, which one secret in a hundred has, are the same in upper case, and then met in both spellings.
    expect(new Set(search.inText(secrets.slice(300, 303).join('\n')).map(({ kind }) => kind))).toEqual(new Set(['300', '301', '302']));
  });

  it('takes no secret that is too short to be told from chance', () => {
    expect(() => new SecretSearch().add('a short one', '0123456789abcde')).toThrow('a short one');
  });
});
