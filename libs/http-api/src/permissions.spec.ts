import { describe, expect, it } from 'vitest';
import { ALL_PERMISSIONS, BACKEND_ENDPOINTS, fieldsOf, parseAccess, type Permission, permits, toSnakeCase, ERROR_ANSWERS } from './index.js';

const allowedTo = (
  accessKind: 'full-access' | 'read-and-validate' | 'validation-only' | 'custom',
  permissions: readonly string[] = [],
): readonly Permission[] => ALL_PERMISSIONS.filter((permission) => permits({ accessKind, permissions }, permission));

describe('the permissions of a backend key', () => {
  it('full access has all of them', () => expect(allowedTo('full-access')).toEqual(ALL_PERMISSIONS));

  it('read-and-validate reads and validates, and changes nothing', () =>
    expect(allowedTo('read-and-validate')).toEqual(['Read Users', 'Read Organizations', 'Read API Keys', 'Validate API Keys', 'Validate Frontend Requests']));

  it('validation-only reads nothing', () => expect(allowedTo('validation-only')).toEqual(['Validate API Keys', 'Validate Frontend Requests']));

  it('a custom key has the listed permissions only, even for validating frontend requests', () => {
    expect(allowedTo('custom', ['Read Users', 'No Such Thing'])).toEqual(['Read Users']);
    expect(allowedTo('custom')).toEqual([]);
  });

  it('a list on a key of another kind adds nothing', () => expect(allowedTo('validation-only', ['Delete Users'])).not.toContain('Delete Users'));
});

describe('the access that an operator types', () => {
  it.each([['full-access'], ['read-and-validate'], [' Validation-Only ']])('%s is a kind', (typed) =>
    expect(parseAccess(typed)).toEqual({ ok: true, access: { kind: typed.trim().toLowerCase(), permissions: [] } }),
  );

  it('labels make a custom key, in any case, each once', () =>
    expect(parseAccess('create users, READ USERS,Read Users,')).toEqual({ ok: true, access: { kind: 'custom', permissions: ['Read Users', 'Create Users'] } }));

  it.each([[''], [' , '], ['full-access,Read Users'], ['custom'], ['Read Everything']])('"%s" is refused with a sentence', (typed) => {
    const parsed = parseAccess(typed);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.problem).toMatch(/\.$/);
  });
});

describe('the table of endpoints', () => {
  it('no two rows serve the same method and path, whatever the names of the parameters', () => {
    const served = BACKEND_ENDPOINTS.flatMap(({ methods, paths }) =>
      methods.flatMap((method) => paths.map((path) => `${method} ${path.replace(/\{\w+\}/, '*').replace(/\/$/, '')}`)),
    );
    expect(new Set(served).size).toBe(served.length);
  });

  it('ids are unique, and every permission except the one reserved for later is needed by a call', () => {
    expect(new Set(BACKEND_ENDPOINTS.map(({ id }) => id)).size).toBe(BACKEND_ENDPOINTS.length);
    const used = new Set(BACKEND_ENDPOINTS.flatMap(({ permission, fieldPermissions }) => [permission, ...Object.values(fieldPermissions)]));
    expect(ALL_PERMISSIONS.filter((permission) => !used.has(permission))).toEqual(['Send Email Confirmations']);
  });

  it('reading calls need a read permission, and only creations accept an Idempotency-Key', () => {
    for (const endpoint of BACKEND_ENDPOINTS.filter(({ methods, id }) => methods.includes('GET') && id !== 'token-verification-metadata'))
      expect(endpoint.permission).toMatch(/^Read /);
    expect(BACKEND_ENDPOINTS.filter(({ idempotent }) => idempotent).map(({ id }) => id)).toEqual([
      'create-user',
      'create-organization',
      'create-api-key',
      'import-api-key',
    ]);
  });

  it('fields with their own permission are fields of the body', () => {
    for (const { body, fieldPermissions } of BACKEND_ENDPOINTS) {
      const names = fieldsOf(body).map(({ name }) => name);
      for (const field of Object.keys(fieldPermissions)) expect(names).toContain(field);
    }
  });

  it('the reference has the fields, spelled as on the wire, and which are required', () => {
    for (const { body, query } of BACKEND_ENDPOINTS) for (const { name } of [...fieldsOf(body), ...fieldsOf(query)]) expect(toSnakeCase(name)).toBe(name);
    const importBody = BACKEND_ENDPOINTS.find(({ id }) => id === 'import-api-key')?.body ?? null;
    expect(
      fieldsOf(importBody)
        .filter(({ required }) => required)
        .map(({ name }) => name),
    ).toEqual(['imported_api_key']);
  });
});

describe('the table of refusals', () => {
  it('only 400 and 409 have a JSON body: on any other status half the clients would report a bad request', () => {
    for (const { status, body } of Object.values(ERROR_ANSWERS)) {
      expect(body === 'fields').toBe(status === 400);
      expect(body === 'shown-once').toBe(status === 409);
    }
  });
});
