import { describe, expect, it } from 'vitest';
import { RawRoutes } from './raw-routes.js';

const handler = (): void => {};
const routes = new RawRoutes();
routes.set('/api/validate', handler);
routes.set('/', handler);

describe('a raw route is found', () => {
  it.each([
    '/api/validate',
    '/api/validate?',
    '/api/validate?a=http://b/c',
    'http://h/api/validate',
    'https://h:8443/api/validate',
    'HTTP://h/api/validate?a',
    'http://[::1]:1/api/validate',
    'http://user@h/api/validate',
    'http://h/',
  ])('by %s', (target) => expect(routes.find('POST', target)).toBe(handler));
});

describe('a raw route is not found', () => {
  it.each([
    '/api/validate/',
    '/api',
    '//h/api/validate',
    '/http://h/api/validate',
    'ftp://h/api/validate',
    'http:///api/validate',
    'http:/api/validate',
    'http://h',
    'http://h?/api/validate',
    'http://h#/api/validate',
    'http://h//api/validate',
    'http://h/x/api/validate',
    'h/api/validate',
    'xhttp://h/api/validate',
    'api/validate',
    '*',
    '',
  ])('by %s', (target) => expect(routes.find('POST', target)).toBeUndefined());

  it('by another method, or without a target', () => {
    expect(routes.find('GET', '/api/validate')).toBeUndefined();
    expect(routes.find(undefined, '/api/validate')).toBeUndefined();
    expect(routes.find('POST', undefined)).toBeUndefined();
  });
});
