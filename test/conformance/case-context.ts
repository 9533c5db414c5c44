import { expect } from 'vitest';
import { CallFailed, type BackendClient, type ClientUnderTest } from './backend-client.js';

/** The client under test is opened in a hook, so cases reach it through a function. */
export type Context = () => ClientUnderTest;

export const UNKNOWN_ID = '11111111-1111-4111-8111-111111111111';
export const UNKNOWN_KEY_ID = '0123456789abcdef0123456789abcdef';
export const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export const nowSeconds = (): number => Math.floor(Date.now() / 1000);
export const newEmail = (): string => `case-${crypto.randomUUID()}@example.test`;
export const newName = (): string => `Org ${crypto.randomUUID()}`;
/** As long and as odd as the keys that people bring along. */
export const newLegacyToken = (): string => `legacy ${crypto.randomUUID()} ключ`;

export const newUser = async (client: BackendClient): Promise<string> => (await client.createUser({ email: newEmail() })).userId;
export const newOrg = async (client: BackendClient): Promise<string> => (await client.createOrg({ name: newName() })).orgId;
export const newMember = async (client: BackendClient, role = 'Member'): Promise<{ userId: string; orgId: string }> => {
  const userId = await newUser(client);
  const orgId = await newOrg(client);
  expect(await client.addUserToOrg(userId, orgId, role)).toBe(true);
  return { userId, orgId };
};

/** The failure of a call that must fail. */
export const failed = async (call: Promise<unknown>): Promise<CallFailed> => {
  try {
    const result = await call;
    throw new Error(`The call was expected to fail and answered ${JSON.stringify(result)}`);
  } catch (error) {
    if (error instanceof CallFailed) return error;
    throw error;
  }
};

/** The client's own typed exception for a 400, naming the field. */
export const expectBadRequest = async (call: Promise<unknown>, field: string): Promise<void> => {
  const { failure, details } = await failed(call);
  expect({ failure, typed: details.typed, fields: Object.keys(details.fields ?? {}) }).toEqual({ failure: 'bad-request', typed: true, fields: [field] });
};

/** The client's own typed exception for a 400; the specification leaves open which field it names. */
export const expectRefused = async (call: Promise<unknown>): Promise<void> => {
  const { failure, details } = await failed(call);
  expect({ failure, typed: details.typed, named: Object.keys(details.fields ?? {}).length > 0 }).toEqual({ failure: 'bad-request', typed: true, named: true });
};

export const expectFailure = async (call: Promise<unknown>, expected: CallFailed['failure']): Promise<void> => {
  expect((await failed(call)).failure).toBe(expected);
};

/** Resolves when the wall clock has reached the second: what "expired" means, not a guess about how long something takes. */
export const clockReaches = async (seconds: number): Promise<void> => {
  while (Date.now() < seconds * 1000) {
    const left = seconds * 1000 - Date.now();
    await new Promise((resolve) => {
      setTimeout(resolve, left);
    });
  }
};
