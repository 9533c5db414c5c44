import type { ServiceReplica } from '@tools/stack';
import type { Target } from '@test/support/clients/connected-backend-api.js';

/** Where a replica answers HTTP. */
export const targetOf = ({ origin, name }: ServiceReplica, backendKey: string): Target => {
  if (origin === null) throw new Error(`${name} does not serve HTTP.`);
  return { port: Number(new URL(origin).port), backendKey };
};
