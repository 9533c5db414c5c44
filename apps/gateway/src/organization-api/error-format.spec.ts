import type { FastifyRequest } from 'fastify';
import { expect, it } from 'vitest';
import { Refusal } from '@app/domain';
import type { Refused } from '../http/error-format.js';
import { organizationErrors } from './error-format.js';

const named = (refusal: Refused): Refused | undefined => organizationErrors.named?.({} as FastifyRequest, refusal);

it.each([
  [{ expiresAtMs: ['Past.'] }, { code: 'INVALID_FIELDS', fields: { expiresAt: ['Past.'] } }],
  [{ displayName: ['Odd.'] }, { code: 'INVALID_FIELDS', fields: { name: ['Odd.'] } }],
  [{ orgId: ['Gone.'] }, { code: 'NOT_FOUND' }],
])('a refusal of %j by the service gets the names of this API', (fields, refused) => {
  expect(named(new Refusal('INVALID_FIELDS', { fields }))).toMatchObject(refused);
});

it('a disabled kind of key is a disabled action', () => {
  expect(named(new Refusal('KEY_KIND_DISABLED', { fields: { orgId: ['Disabled.'] } }))).toMatchObject({ code: 'ACTION_DISABLED', fields: {} });
});

it('other refusals stay what they are', () => {
  expect(named(new Refusal('UNAVAILABLE'))).toMatchObject({ code: 'UNAVAILABLE' });
});
