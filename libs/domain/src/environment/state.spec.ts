import { describe, expect, it } from 'vitest';
import { atPos, World } from '@test/support/domain/decider-specification.js';
import { ENV, facts } from '@test/support/domain/fixtures.js';
import type { DomainEvent } from '../log-events.js';
import { defaultSettings } from './settings.js';

describe('states', () => {
  it('an environment remembers where users logged in before, and until when; saying the same again is nothing', () => {
    const moves = [
      facts.authUrl('https://b.test', 'https://auth.example.com'),
      facts.authUrl('https://b.test', 'https://b.test'),
      facts.authUrl('https://c.test', 'https://b.test'),
    ];
    expect(new World([facts.environment(), ...moves]).environment(ENV)).toMatchObject({
      settings: { authUrl: 'https://c.test' },
      previousAuthUrls: [
        { authUrl: 'https://auth.example.com', replacedAtMs: atPos(2) },
        { authUrl: 'https://b.test', replacedAtMs: atPos(4) },
      ],
    });
  });

  it('an environment of an older log has the defaults of settings that came later, and moves by its settings', () => {
    const { passwordLoginEnabled: _, allowedOrigins: __, ...before } = defaultSettings('https://auth.example.com');
    const made: DomainEvent = JSON.parse(
      JSON.stringify({
        ...facts.environmentWithoutHost(),
        data: { environmentId: ENV, name: ENV, publicKeyPem: 'pem', sealedPrivateKey: 'sealed', settings: before },
      }),
    ) as DomainEvent;
    const world = new World([made, facts.settings({ orgApiKeysEnabled: false, authUrl: 'https://b.test' })]);
    expect(world.environment(ENV)).toMatchObject({
      settings: { ...defaultSettings('https://b.test'), orgApiKeysEnabled: false },
      previousAuthUrls: [{ authUrl: 'https://auth.example.com', replacedAtMs: atPos(2) }],
    });
  });
});
