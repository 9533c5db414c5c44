import { CanaryClient } from './canary-client.js';
import type { PlantedSecrets } from './planted-secrets.js';

export interface AdminAnswers {
  readonly client: CanaryClient;
  readonly metrics: string;
}

/** What the operator's tools read, asked well, and asked with secrets where none belong. */
export const askTheAdminAddress = async (adminOrigin: string, planted: PlantedSecrets, backendKey: string): Promise<AdminAnswers> => {
  const client = new CanaryClient(Number(new URL(adminOrigin).port), planted, backendKey);
  const secret = planted.strangeToken('token given to the admin address');
  await client.send('a token for a path of the admin address', 'GET', `/${secret}`);
  await client.send('a token for a method of the admin address', 'POST', `/metrics/${secret}?token=${secret}`, { token: secret });
  await client.send('a key at the admin address', 'GET', `/metrics?token=${secret}`, undefined, client.authorized(secret));
  for (const path of ['/healthz', '/readyz']) await client.send(path, 'GET', path);
  const { status, text } = await client.send('/metrics', 'GET', '/metrics');
  if (status !== 200) throw new Error(`/metrics: ${String(status)}`);
  return { client, metrics: text };
};
