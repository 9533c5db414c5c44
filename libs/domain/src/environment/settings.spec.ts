import { describe, expect, it } from 'vitest';
import { hostOfOrigin } from './settings.js';

describe('hostOfOrigin', () => {
  it.each([
    ['https://auth.example.com', 'auth.example.com'],
    ['http://localhost:3000', 'localhost'],
    ['http://[::1]', '[::1]'],
    ['http://[::1]:3000', '[::1]'],
    ['https://127.0.0.1:8443', '127.0.0.1'],
  ])('of %s is %s', (origin, host) => expect(hostOfOrigin(origin)).toBe(host));
});
