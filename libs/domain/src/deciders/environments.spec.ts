import { describe, it } from 'vitest';
import type { EnvironmentSettings } from '../environment-settings.js';
import { freeClaim } from '../folds.js';
import { given } from '../testing/decider-specification.js';
import { ENV, facts, OTHER_ENV, settings } from '../testing/fixtures.js';
import { decideChangeSettings, decideCreateEnvironment } from './environments.js';

const cmd = { environmentId: ENV, name: 'test', publicKeyPem: 'pem', sealedPrivateKey: 'sealed', settings };

describe('creating an environment', () => {
  it('claims its name in the same commit', () =>
    given().when(() => decideCreateEnvironment(cmd, { name: freeClaim })).thenAppends({
      type: 'environment.created.v1', tags: ['env-e1', 'environment-name-test'], data: cmd,
    }));

  it('is refused when the name is taken', () =>
    given(facts.environment()).when((world) => decideCreateEnvironment(
      { ...cmd, environmentId: 'e9', name: ENV }, { name: world.claim(`environment-name-${ENV}`) },
    )).thenInvalid('name'));

  it('is refused without a name', () => given().when(() => decideCreateEnvironment({ ...cmd, name: ' ' }, { name: freeClaim })).thenInvalid('name'));

  it('is refused with settings that no change could bring about', () =>
    given().when(() => decideCreateEnvironment({ ...cmd, settings: { ...settings, expirationOptions: [] } }, { name: freeClaim }))
      .thenInvalid('expirationOptions'));
});

const change = (changes: object, environmentId = ENV) =>
  given(facts.environment()).when((world) => decideChangeSettings({ environmentId, changes }, { environment: world.environment(ENV) }));

describe('changing settings', () => {
  it('records only what really changes', () =>
    change({ orgApiKeysEnabled: false, personalApiKeysEnabled: true, authUrl: undefined }).thenAppends({
      type: 'environment.settings-changed.v1', tags: ['env-e1'], data: { environmentId: ENV, changes: { orgApiKeysEnabled: false } },
    }));

  it('to what they are already is already done', () =>
    change({ reinstateKeysOnUnblock: false, expirationOptions: [...settings.expirationOptions], personalApiKeyRateLimit: null }).thenNothing());

  it('of a missing environment finds nothing', () =>
    given().when(() => decideChangeSettings({ environmentId: ENV, changes: {} }, { environment: null })).thenNotFound());

  it('through another environment finds nothing', () => change({ orgApiKeysEnabled: false }, OTHER_ENV).thenNotFound());

  const limit = { periodType: 'minutes', periodSize: 1, allowPerPeriod: 10 };
  it.each<[keyof EnvironmentSettings, unknown]>([
    ['authUrl', 'http://localhost:3000'], ['authUrl', 'https://a-b.test.keyfence.localhost'], ['authUrl', 'http://[::1]:3000'], ['authUrl', 'http://127.0.0.1'],
    ['personalApiKeyRateLimit', limit], ['orgApiKeyRateLimit', { ...limit, periodType: 'days' }],
    ['backendTokenPrefix', 'sk_live-9'], ['organizationTokenPrefix', ''], ['organizationTokenPrefix', 'a'.repeat(32)],
    ['expirationOptions', ['Never', 'OneYear']], ['defaultExpirationOption', 'OneYear'],
  ])('%s may be %j', (name, value) => change({ [name]: value }).thenAppends({
    type: 'environment.settings-changed.v1', tags: ['env-e1'], data: { environmentId: ENV, changes: { [name]: value } },
  }));

  it.each<[string, unknown]>([
    ...['', 'auth.example.com', 'ftp://a.test', 'https://a.test/', 'https://a.test/x', 'https://a.test?x', 'https://A.test', 'https://u@a.test',
      'https://a.test:443', 'http://a.test:80', 'https://a.test:0', 'https://a.test:65536', 'https://', 'https://a.test\n', ' https://a.test', 7, null]
      .map((url): [string, unknown] => ['authUrl', url]),
    ['orgApiKeysEnabled', 'yes'], ['reinstateKeysOnUnblock', null],
    ...[0, -1, 1.5, '1', null].map((size): [string, unknown] => ['personalApiKeyRateLimit', { ...limit, periodSize: size }]),
    ['orgApiKeyRateLimit', { ...limit, allowPerPeriod: 0 }], ['orgApiKeyRateLimit', { ...limit, periodType: 'weeks' }],
    ['orgApiKeyRateLimit', 5], ['orgApiKeyRateLimit', {}],
    ['backendTokenPrefix', 'a'.repeat(33)], ['backendTokenPrefix', 'a b'], ['organizationTokenPrefix', null], ['organizationTokenPrefix', 'ü'],
    ['expirationOptions', []], ['expirationOptions', ['Never', 'Never']], ['expirationOptions', ['Never', 'Tomorrow']], ['expirationOptions', 'Never'],
    ['expirationOptions', ['OneYear']], ['defaultExpirationOption', 'Tomorrow'],
    ['colour', 'red'], ['toString', true],
  ])('%s cannot be %j', (name, value) => change({ [name]: value }).thenInvalid(name));

  it('an own field called __proto__ is an unknown setting, not a prototype', () =>
    change(JSON.parse('{"__proto__": {"orgApiKeysEnabled": false}}') as object).thenInvalid('__proto__'));

  it('a default that is not among the options is refused', () =>
    given(facts.environment({ expirationOptions: ['OneMonth', 'Never'] })).when((world) => decideChangeSettings(
      { environmentId: ENV, changes: { defaultExpirationOption: 'OneYear' } }, { environment: world.environment(ENV) },
    )).thenInvalid('defaultExpirationOption'));

  it('the default and the options may change together', () => {
    const changes: Partial<EnvironmentSettings> = { expirationOptions: ['OneYear'], defaultExpirationOption: 'OneYear' };
    change(changes).thenAppends({ type: 'environment.settings-changed.v1', tags: ['env-e1'], data: { environmentId: ENV, changes } });
  });
});
