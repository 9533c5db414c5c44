import { describe, expect, it } from 'vitest';
import { World } from '@test/support/domain/decider-specification.js';
import { ENV, facts } from '@test/support/domain/fixtures.js';
import { toEnvironmentRecord, toHostRecord } from './record.js';

const there = <State>(state: State | null): State => {
  if (state === null) throw new Error('The state must be there.');
  return state;
};
const environment = there(new World([facts.environment(), facts.signingKey('k2')]).environment(ENV));

describe('the record of a host', () => {
  it('names the environment that has it', () =>
    expect(toHostRecord('a.test', { holder: 'e9' })).toEqual({ kind: 'host', host: 'a.test', environmentId: 'e9' }));
  it('without an environment is kept for loopback hosts alone, which are few', () => {
    expect(['localhost', '127.0.0.1', '[::1]'].map((host) => toHostRecord(host, { holder: null })?.environmentId)).toEqual([null, null, null]);
    expect(['a.test', 'localhost.a.test', 'LOCALHOST', ''].map((host) => toHostRecord(host, { holder: null }))).toEqual([null, null, null, null]);
  });
});

describe('the record of an environment', () => {
  it('has all public keys and shows the one that signs now', () => {
    expect(toEnvironmentRecord(environment)).toMatchObject({
      publicKeyPem: 'pem',
      signingKeys: [
        { keyId: ENV, publicKeyPem: 'pem' },
        { keyId: 'k2', publicKeyPem: 'pem of k2' },
      ],
    });
    const rotated = there(new World([facts.environment(), facts.signingKey('k2'), facts.signingKeyActive('k2')]).environment(ENV));
    expect(toEnvironmentRecord(rotated).publicKeyPem).toBe('pem of k2');
  });
  it('has no key that was revoked, so no token is checked with it', () => {
    const revoked = there(
      new World([facts.environment(), facts.signingKey('k2'), facts.signingKeyActive('k2'), facts.signingKeyRevoked(ENV)]).environment(ENV),
    );
    expect(toEnvironmentRecord(revoked).signingKeys.map(({ keyId }) => keyId)).toEqual(['k2']);
  });
});
