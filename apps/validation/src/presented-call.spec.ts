import { inspect } from 'node:util';
import { mintBackendKey } from '@app/tokens';
import { expect, it } from 'vitest';
import { PresentedCall } from './presented-call.js';

it('what a caller presented cannot be printed by accident', () => {
  const backendKey = mintBackendKey().reveal();
  const call = new PresentedCall('imported', `Bearer ${backendKey}`, 'a token of the customer');
  const printed = [inspect(call, { showHidden: true, depth: 9 }), JSON.stringify({ call }), `${JSON.stringify([call])}`].join();
  expect(printed).not.toContain(backendKey);
  expect(printed).not.toContain('a token of the customer');
});
