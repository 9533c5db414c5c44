import { describe, expect, it } from 'vitest';
import { atPos, given, World } from '@test/support/domain/decider-specification.js';
import { ENV, facts, OTHER_ENV } from '@test/support/domain/fixtures.js';
import type { DomainEvent } from '../log-events.js';
import { activeSigningKey, decideActivateSigningKey, decidePublishSigningKey, decideRevokeSigningKey } from './signing-keys.js';

const made = facts.environment();
const publish = (keyId: string, ...events: readonly DomainEvent[]) =>
  given(...events).when((world) =>
    decidePublishSigningKey(
      { environmentId: ENV, keyId, publicKeyPem: `pem of ${keyId}`, sealedPrivateKey: `sealed ${keyId}` },
      { environment: world.environment(ENV) },
    ),
  );
const activate = (keyId: string, ...events: readonly DomainEvent[]) =>
  given(...events).when((world) => decideActivateSigningKey({ environmentId: ENV, keyId }, { environment: world.environment(ENV) }));
const revoke = (keyId: string, ...events: readonly DomainEvent[]) =>
  given(...events).when((world) => decideRevokeSigningKey({ environmentId: ENV, keyId }, { environment: world.environment(ENV) }));

describe('publishing a signing key', () => {
  it('is a fact of the environment', () => publish('k2', made).thenAppends(facts.signingKey('k2')));
  it('is refused while another one waits to be activated', () => publish('k3', made, facts.signingKey('k2')).thenInvalid('keyId'));
  it('is possible again once that one signs', () =>
    publish('k3', made, facts.signingKey('k2'), facts.signingKeyActive('k2')).thenAppends(facts.signingKey('k3')));
  it('is refused under an id that a key has, whether that one waits, signs or is retired', () => {
    const active = [made, facts.signingKey('k2'), facts.signingKeyActive('k2')];
    publish('k2', made, facts.signingKey('k2')).thenInvalid('keyId');
    publish('k2', ...active).thenInvalid('keyId');
    publish(ENV, ...active).thenInvalid('keyId');
  });
  it('in an environment that is not there finds nothing', () => publish('k2').thenNotFound());
  it('through another environment finds nothing', () =>
    given(made)
      .when((world) =>
        decidePublishSigningKey({ environmentId: OTHER_ENV, keyId: 'k2', publicKeyPem: 'p', sealedPrivateKey: 's' }, { environment: world.environment(ENV) }),
      )
      .thenNotFound());
});

describe('activating a signing key', () => {
  const two = [made, facts.signingKey('k2'), facts.signingKeyActive('k2')];

  it('takes the one that was published', () => activate('k2', made, facts.signingKey('k2')).thenAppends(facts.signingKeyActive('k2')));
  it('that signs already is already done', () => {
    activate('k2', ...two).thenNothing();
    activate(ENV, made).thenNothing();
  });
  it('that was never published is refused', () => activate('k2', made).thenInvalid('keyId'));
  it('that was replaced is refused: it never signs again', () => {
    activate(ENV, ...two).thenInvalid('keyId');
    activate('k2', ...two, facts.signingKey('k3'), facts.signingKeyActive('k3')).thenInvalid('keyId');
  });
  it('in an environment that is not there finds nothing', () => activate('k2').thenNotFound());
  it('through another environment finds nothing', () =>
    given(made, facts.signingKey('k2'))
      .when((world) => decideActivateSigningKey({ environmentId: OTHER_ENV, keyId: 'k2' }, { environment: world.environment(ENV) }))
      .thenNotFound());
});

describe('revoking a signing key', () => {
  const rotated = [made, facts.signingKey('k2'), facts.signingKeyActive('k2')];

  it('ends one that was replaced', () => revoke(ENV, ...rotated).thenAppends(facts.signingKeyRevoked(ENV)));
  it('ends one that was published and never signed, and makes room for another', () => {
    revoke('k2', made, facts.signingKey('k2')).thenAppends(facts.signingKeyRevoked('k2'));
    publish('k3', made, facts.signingKey('k2'), facts.signingKeyRevoked('k2')).thenAppends(facts.signingKey('k3'));
  });
  it('that is revoked is already done', () => revoke(ENV, ...rotated, facts.signingKeyRevoked(ENV)).thenNothing());
  it('is refused while tokens are signed with it', () => {
    revoke(ENV, made).thenInvalid('keyId');
    revoke('k2', ...rotated).thenInvalid('keyId');
  });
  it('is for good: neither activated nor published again', () => {
    activate('k2', made, facts.signingKey('k2'), facts.signingKeyRevoked('k2')).thenInvalid('keyId');
    publish('k2', made, facts.signingKey('k2'), facts.signingKeyRevoked('k2')).thenInvalid('keyId');
  });
  it('that is not there is refused', () => revoke('k2', made).thenInvalid('keyId'));
  it('in an environment that is not there finds nothing', () => revoke('k2').thenNotFound());
  it('through another environment finds nothing', () =>
    given(...rotated)
      .when((world) => decideRevokeSigningKey({ environmentId: OTHER_ENV, keyId: ENV }, { environment: world.environment(ENV) }))
      .thenNotFound());
});

describe('the signing keys of an environment', () => {
  const keysAfter = (...events: readonly DomainEvent[]) => new World([made, ...events]).environment(ENV)?.signingKeys ?? [];
  const times = (...events: readonly DomainEvent[]) => keysAfter(...events).map(({ keyId, activatedAtMs, retiredAtMs }) => [keyId, activatedAtMs, retiredAtMs]);
  const active = (...events: readonly DomainEvent[]) => activeSigningKey({ signingKeys: keysAfter(...events) }).keyId;
  const k2 = [facts.signingKey('k2'), facts.signingKeyActive('k2')];
  const k3 = [facts.signingKey('k3'), facts.signingKeyActive('k3')];

  it('begin with the one that the environment was made with, under its id', () =>
    expect(keysAfter()).toEqual([{ keyId: ENV, publicKeyPem: 'pem', sealedPrivateKey: 'sealed', activatedAtMs: atPos(1), retiredAtMs: null, revoked: false }]));
  it('are published, active and retired at the times of those facts', () => {
    expect(times(facts.signingKey('k2'))).toEqual([
      [ENV, atPos(1), null],
      ['k2', null, null],
    ]);
    expect(times(...k2)).toEqual([
      [ENV, atPos(1), atPos(3)],
      ['k2', atPos(3), null],
    ]);
    expect(times(...k2, ...k3)).toEqual([
      [ENV, atPos(1), atPos(3)],
      ['k2', atPos(3), atPos(5)],
      ['k3', atPos(5), null],
    ]);
  });
  it('sign with the one that was activated last, and with that alone', () => {
    expect(active()).toBe(ENV);
    expect(active(facts.signingKey('k2'))).toBe(ENV);
    expect(active(...k2, facts.signingKey('k3'))).toBe('k2');
    expect(active(...k2, ...k3)).toBe('k3');
  });
  it('are never without one: that is a fault of the program', () => expect(() => activeSigningKey({ signingKeys: [] })).toThrow('no active signing key'));
});
