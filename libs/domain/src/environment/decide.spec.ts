import { describe, expect, it } from 'vitest';
import { given } from '@test/support/domain/decider-specification.js';
import { ENV, facts, OTHER_ENV, settings } from '@test/support/domain/fixtures.js';
import { freeClaim } from '../claim.js';
import type { DomainEvent } from '../log-events.js';
import { decideChangeSettings, decideCreateEnvironment } from './decide.js';
import { type EnvironmentSettings, hostOfOrigin } from './settings.js';

const cmd = { environmentId: ENV, name: 'test', publicKeyPem: 'pem', sealedPrivateKey: 'sealed', settings };

const free = { name: freeClaim, host: freeClaim };

describe('creating an environment', () => {
  it('claims its name and its host in the same commit', () =>
    given()
      .when(() => decideCreateEnvironment(cmd, free))
      .thenAppends({
        type: 'environment.created.v1',
        tags: ['env-e1', 'environment-name-test', 'auth-host-auth.example.com'],
        data: cmd,
      }));

  it('is refused when the name is taken', () =>
    given(facts.environment())
      .when((world) => decideCreateEnvironment({ ...cmd, environmentId: 'e9', name: ENV }, { ...free, name: world.claim(`environment-name-${ENV}`) }))
      .thenInvalid('name'));

  it('is refused when another environment has the host, whatever the port', () => {
    const withPort = { ...cmd, environmentId: 'e9', settings: { ...settings, authUrl: 'http://auth.example.com:8080' } };
    given(facts.environment())
      .when((world) => decideCreateEnvironment(withPort, { ...free, host: world.claim('auth-host-auth.example.com') }))
      .thenInvalid('authUrl');
  });

  it('may take a host that another environment has left', () =>
    given(facts.environment(), facts.authUrl('https://b.test', settings.authUrl))
      .when((world) => decideCreateEnvironment({ ...cmd, environmentId: 'e9' }, { ...free, host: world.claim('auth-host-auth.example.com') }))
      .thenAppends({
        type: 'environment.created.v1',
        tags: ['env-e9', 'environment-name-test', 'auth-host-auth.example.com'],
        data: { ...cmd, environmentId: 'e9' },
      }));

  it('is refused without a name', () =>
    given()
      .when(() => decideCreateEnvironment({ ...cmd, name: ' ' }, free))
      .thenInvalid('name'));

  it('is refused with settings that no change could bring about', () =>
    given()
      .when(() => decideCreateEnvironment({ ...cmd, settings: { ...settings, expirationOptions: [] } }, free))
      .thenInvalid('expirationOptions'));
});

const move = (authUrl: string, more: Partial<EnvironmentSettings>, ...events: readonly DomainEvent[]) =>
  given(...events).when((world) =>
    decideChangeSettings(
      { environmentId: ENV, changes: { authUrl, ...more } },
      { environment: world.environment(ENV), host: world.claim(`auth-host-${hostOfOrigin(authUrl)}`) },
    ),
  );
const moved = facts.authUrl('https://b.test', settings.authUrl);

describe('changing the auth URL', () => {
  it('claims the new host and releases the old one', () =>
    move('https://b.test', {}, facts.environment()).thenAppends({
      type: 'environment.auth-url-changed.v1',
      tags: ['env-e1', 'auth-host-b.test', 'auth-host-auth.example.com'],
      data: { environmentId: ENV, authUrl: 'https://b.test', previousAuthUrl: settings.authUrl },
    }));
  it('is a fact of its own next to other settings, and no longer one of them', () =>
    move('https://b.test', { orgApiKeysEnabled: false, passwordLoginEnabled: true }, facts.environment()).thenAppends(
      moved,
      facts.settings({ orgApiKeysEnabled: false }),
    ));
  it('is refused when another environment has the host', () =>
    move('https://b.test', {}, facts.environment(), facts.environment({ authUrl: 'https://b.test' }, OTHER_ENV)).thenInvalid('authUrl'));
  it('takes no other setting with it when it is refused', () =>
    move('https://b.test', { orgApiKeysEnabled: false }, facts.environment(), facts.environment({ authUrl: 'https://b.test' }, OTHER_ENV)).thenInvalid(
      'authUrl',
    ));
  it('to another port of the same host keeps the claim', () =>
    move('https://auth.example.com:8443', {}, facts.environment()).thenAppends({
      type: 'environment.auth-url-changed.v1',
      tags: ['env-e1', 'auth-host-auth.example.com'],
      data: { environmentId: ENV, authUrl: 'https://auth.example.com:8443', previousAuthUrl: settings.authUrl },
    }));
  it('to what it is already is already done', () => move(settings.authUrl, {}, facts.environment()).thenNothing());
  it('to what it is already claims the host of a log from before hosts were claimed', () =>
    move(settings.authUrl, {}, facts.environmentWithoutHost()).thenAppends(facts.authUrl(settings.authUrl, settings.authUrl)));
  it('of such a log is refused when another environment has claimed the host since', () =>
    move(settings.authUrl, {}, facts.environmentWithoutHost(), facts.environment({}, OTHER_ENV)).thenInvalid('authUrl'));
  it('back to an earlier one is possible while its host is free', () => {
    move(settings.authUrl, {}, facts.environment(), moved).thenAppends(facts.authUrl(settings.authUrl, 'https://b.test'));
    move(settings.authUrl, {}, facts.environment(), moved, facts.environment({}, OTHER_ENV)).thenInvalid('authUrl');
  });
  it('without the claim of its host is a fault of the program, also to what it is already', () => {
    for (const authUrl of ['https://b.test', settings.authUrl]) {
      given(facts.environment())
        .when((world) => {
          expect(() => decideChangeSettings({ environmentId: ENV, changes: { authUrl } }, { environment: world.environment(ENV), host: null })).toThrow(
            'claim of its host',
          );
          return [];
        })
        .thenNothing();
    }
  });
  it.each([
    '',
    'auth.example.com',
    'ftp://a.test',
    'https://a.test/',
    'https://a.test/x',
    'https://a.test?x',
    'https://A.test',
    'https://u@a.test',
    'https://a.test:443',
    'http://a.test:80',
    'https://a.test:0',
    'https://a.test:65536',
    'https://',
    'https://a.test\n',
    ' https://a.test',
  ])('to %j is refused', (url) => move(url, {}, facts.environment()).thenInvalid('authUrl'));
  it.each([7, null, {}])('to %j is refused', (url) =>
    given(facts.environment())
      .when((world) =>
        decideChangeSettings(
          { environmentId: ENV, changes: JSON.parse(JSON.stringify({ authUrl: url })) as Partial<EnvironmentSettings> },
          { environment: world.environment(ENV), host: freeClaim },
        ),
      )
      .thenInvalid('authUrl'),
  );
  it.each(['http://localhost:3000', 'https://a-b.test.keyfence.localhost', 'http://[::1]:3000', 'http://127.0.0.1'])('may be %s', (url) =>
    move(url, {}, facts.environment()).thenAppends(facts.authUrl(url, settings.authUrl)),
  );
});

const change = (changes: object, environmentId = ENV) =>
  given(facts.environment()).when((world) => decideChangeSettings({ environmentId, changes }, { environment: world.environment(ENV), host: null }));

describe('changing settings', () => {
  it('records only what really changes', () =>
    change({ orgApiKeysEnabled: false, personalApiKeysEnabled: true, authUrl: undefined }).thenAppends({
      type: 'environment.settings-changed.v1',
      tags: ['env-e1'],
      data: { environmentId: ENV, changes: { orgApiKeysEnabled: false } },
    }));

  it('to what they are already is already done', () =>
    change({ reinstateKeysOnUnblock: false, expirationOptions: [...settings.expirationOptions], personalApiKeyRateLimit: null }).thenNothing());

  it('of a missing environment finds nothing', () =>
    given()
      .when(() => decideChangeSettings({ environmentId: ENV, changes: {} }, { environment: null, host: null }))
      .thenNotFound());

  it('through another environment finds nothing', () => change({ orgApiKeysEnabled: false }, OTHER_ENV).thenNotFound());

  const limit = { periodType: 'minutes', periodSize: 1, allowPerPeriod: 10 };
  it.each<[keyof EnvironmentSettings, unknown]>([
    ['personalApiKeyRole', 'Admin'],
    ['publicSignupEnabled', true],
    ['passwordLoginEnabled', false],
    ['emailConfirmationRequired', true],
    ['sessionIdleDays', 1],
    ['sessionIdleDays', 365],
    ['allowedOrigins', ['https://app.example.com', 'http://localhost:3000', 'http://[::1]:8080']],
    ['allowedOrigins', Array.from({ length: 100 }, (_, index) => `https://a${index}.test`)],
    ['personalApiKeyRateLimit', limit],
    ['orgApiKeyRateLimit', { ...limit, periodType: 'days' }],
    ['backendTokenPrefix', 'sk_live-9'],
    ['organizationTokenPrefix', ''],
    ['organizationTokenPrefix', 'a'.repeat(32)],
    ['expirationOptions', ['Never', 'OneYear']],
    ['defaultExpirationOption', 'OneYear'],
  ])('%s may be %j', (name, value) =>
    change({ [name]: value }).thenAppends({
      type: 'environment.settings-changed.v1',
      tags: ['env-e1'],
      data: { environmentId: ENV, changes: { [name]: value } },
    }),
  );

  it.each<[string, unknown]>([
    ...['Captain', '', 7, undefined].map((role): [string, unknown] => ['personalApiKeyRole', role ?? {}]),
    ['publicSignupEnabled', 1],
    ['passwordLoginEnabled', null],
    ['emailConfirmationRequired', 'yes'],
    ...[0, 366, 1.5, '14', null].map((days): [string, unknown] => ['sessionIdleDays', days]),
    ...[
      'https://a.test',
      ['*'],
      ['null'],
      ['https://*.a.test'],
      ['https://a.test/'],
      ['https://A.test'],
      ['https://a.test:443'],
      ['a.test'],
      [7],
      [null],
      null,
      ['https://a.test', 'https://a.test'],
      Array.from({ length: 101 }, (_, index) => `https://a${index}.test`),
    ].map((origins): [string, unknown] => ['allowedOrigins', origins]),
    ['orgApiKeysEnabled', 'yes'],
    ['reinstateKeysOnUnblock', null],
    ...[0, -1, 1.5, '1', null].map((size): [string, unknown] => ['personalApiKeyRateLimit', { ...limit, periodSize: size }]),
    ['orgApiKeyRateLimit', { ...limit, allowPerPeriod: 0 }],
    ['orgApiKeyRateLimit', { ...limit, periodType: 'weeks' }],
    ['orgApiKeyRateLimit', 5],
    ['orgApiKeyRateLimit', {}],
    ['backendTokenPrefix', 'a'.repeat(33)],
    ['backendTokenPrefix', 'a b'],
    ['organizationTokenPrefix', null],
    ['organizationTokenPrefix', 'ü'],
    ['expirationOptions', []],
    ['expirationOptions', ['Never', 'Never']],
    ['expirationOptions', ['Never', 'Tomorrow']],
    ['expirationOptions', 'Never'],
    ['expirationOptions', ['OneYear']],
    ['defaultExpirationOption', 'Tomorrow'],
    ['colour', 'red'],
    ['toString', true],
  ])('%s cannot be %j', (name, value) => change({ [name]: value }).thenInvalid(name));

  it('an own field called __proto__ is an unknown setting, not a prototype', () =>
    change(JSON.parse('{"__proto__": {"orgApiKeysEnabled": false}}') as object).thenInvalid('__proto__'));

  it('a default that is not among the options is refused', () =>
    given(facts.environment({ expirationOptions: ['OneMonth', 'Never'] }))
      .when((world) =>
        decideChangeSettings({ environmentId: ENV, changes: { defaultExpirationOption: 'OneYear' } }, { environment: world.environment(ENV), host: null }),
      )
      .thenInvalid('defaultExpirationOption'));

  it('the default and the options may change together', () => {
    const changes: Partial<EnvironmentSettings> = { expirationOptions: ['OneYear'], defaultExpirationOption: 'OneYear' };
    change(changes).thenAppends({ type: 'environment.settings-changed.v1', tags: ['env-e1'], data: { environmentId: ENV, changes } });
  });
});
