import { describe, expect, it } from 'vitest';
import { BadSettings } from '@app/platform';
import { createGatewayAdapter } from './gateway-adapter.js';

const PROXY = '192.0.2.1';
const FORWARDED = { host: 'internal.proxy', 'x-forwarded-for': '198.51.100.7', 'x-forwarded-host': 'auth.example.test' };

/** The address and host of a call over a connection from `remoteAddress`. */
const seen = async (trusted: readonly string[], remoteAddress: string, headers: Readonly<Record<string, string>> = FORWARDED): Promise<unknown> => {
  const fastify = createGatewayAdapter(trusted).getInstance();
  fastify.get('/', ({ ip, hostname }, reply) => reply.send([ip, hostname]));
  const answer = await fastify.inject({ method: 'GET', url: '/', remoteAddress, headers });
  await fastify.close();
  return answer.json();
};

describe('forwarded addresses and hosts', () => {
  it('are ignored by default, even from this machine', async () => {
    for (const from of ['127.0.0.1', '::1', '10.0.0.1', PROXY]) expect(await seen([], from)).toEqual([from, 'internal.proxy']);
  });

  it.each([[PROXY], ['192.0.2.0/24'], ['192.0.2.0/255.255.255.0'], ['::ffff:192.0.2.1']])('are trusted from %s alone', async (trusted) => {
    for (const from of [PROXY, `::ffff:${PROXY}`]) expect(await seen([trusted], from)).toEqual(['198.51.100.7', 'auth.example.test']);
    for (const from of ['192.0.3.1', '127.0.0.1', '::1', '198.51.100.7']) expect(await seen([trusted], from)).toEqual([from, 'internal.proxy']);
  });

  it.each([
    ['loopback', '127.0.0.1'],
    ['loopback', '::1'],
    ['linklocal', '169.254.1.1'],
    ['uniquelocal', '172.20.0.3'],
  ])('are trusted from %s, which includes %s', async (name, from) => expect(await seen([name], from)).toEqual(['198.51.100.7', 'auth.example.test']));

  it('count only as the proxy added them last, whatever the client claims before', async () =>
    expect(
      await seen([PROXY], PROXY, { ...FORWARDED, 'x-forwarded-for': '203.0.113.1, 198.51.100.7', 'x-forwarded-host': 'claimed.test, auth.example.test' }),
    ).toEqual(['198.51.100.7', 'auth.example.test']));

  it('behind several proxies, the first untrusted address is the client', async () =>
    expect(await seen([PROXY, '10.0.0.0/8'], '10.0.0.1', { ...FORWARDED, 'x-forwarded-for': `203.0.113.1, 198.51.100.7, ${PROXY}` })).toEqual([
      '198.51.100.7',
      'auth.example.test',
    ]));

  it.each([
    ['true'],
    ['1'],
    ['*'],
    ['all'],
    ['Loopback'],
    ['proxy.example.test'],
    ['127.1'],
    ['0x7f000001'],
    ['127.0.0.1:80'],
    ['10.0.0.0/33'],
    ['10.0.0.0/0'],
    ['10.0.0.0/x'],
    ['10.0.0.0/255.0.255.0'],
    ['/8'],
  ])('the proxy %s is refused with a sentence, alone and among others', (wrong) => {
    for (const proxies of [[wrong], [PROXY, wrong]]) {
      expect(() => createGatewayAdapter(proxies)).toThrow(BadSettings);
      expect(() => createGatewayAdapter(proxies)).toThrow(/^TRUSTED_PROXIES must be [^.]+\.$/);
    }
  });
});
