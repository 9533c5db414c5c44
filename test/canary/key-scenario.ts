import { at, KEYS, V1 } from '@test/support/clients/backend-api.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';
import { type CanaryClient, freshName } from './canary-client.js';
import { prepareStage } from './endpoint-calls.js';

export const PREFIX = 'canary_';

/** What is not a secret and must be found wherever secrets are looked for: else the search looked in the wrong place. */
export interface Controls {
  readonly name: string;
  /** Deep in a long text, where a search through beginnings would miss it. */
  readonly deep: string;
}

/** Every kind of key through its life, with tokens of every format. The environment must have the prefix. */
export const exerciseKeys = async (client: CanaryClient): Promise<Controls> => {
  const { planted } = client;
  const { user_id, org_id } = await prepareStage(client);
  const controls = { name: `control-${freshName()}${freshName()}`, deep: `control-${freshName()}${freshName()}` };
  const shown = { display_name: controls.name, metadata: { padding: 'x'.repeat(8_000), deep: controls.deep } };
  for (const [kind, owner] of [
    ['personal', { user_id }],
    ['organization', { org_id }],
    ['member', { user_id, org_id }],
    ['generic', {}],
  ] as const) {
    const label = `a ${kind} key`;
    const { secret, answer } = await client.issue(label, 'POST', KEYS, { ...owner, ...shown }, 'api_key_token', { prefix: PREFIX });
    // Twice: looked up, then from memory.
    for (const presented of [secret, `Bearer ${secret}`]) await client.done(`validating ${label}`, 'POST', `${KEYS}/validate`, { api_key_token: presented });
    await client.send(`validating ${label} as imported`, 'POST', `${KEYS}/validate_imported`, { api_key_token: secret });
    await client.send(`importing ${label}`, 'POST', `${KEYS}/import`, { imported_api_key: secret });
    await client.send(`importing ${label} again`, 'POST', `${KEYS}/import`, { imported_api_key: secret });
    const id = String(at(answer, 'api_key_id'));
    await client.done(`deleting ${label}`, 'DELETE', `${KEYS}/${id}`);
    await client.send(`validating ${label} after its end`, 'POST', `${KEYS}/validate`, { api_key_token: secret });
    const imported = planted.oddText(`imported ${kind} token`);
    await client.done(`importing a ${kind} key`, 'POST', `${KEYS}/import`, { ...owner, ...shown, imported_api_key: `Bearer ${imported}` });
    for (const _ of [1, 2]) await client.done(`validating an imported ${kind} key`, 'POST', `${KEYS}/validate_imported`, { api_key_token: imported });
  }
  await client.done('blocking the user', 'POST', `${V1}/user/${user_id}/disable`);
  return controls;
};

/** For the operator's command line: tokens where ids are asked for. Returns what it printed. */
export const exerciseTheCli = async (client: CanaryClient, server: Pick<TestedServer, 'cli'>): Promise<string> => {
  const token = client.planted.strangeToken('token given to the command line');
  const backendKey = client.planted.strangeBackendKey('backend key given to the command line');
  const commands = [
    ['keys', 'show', token],
    ['keys', 'list', '--user', token],
    ['users', 'show', token],
    ['backend-keys', 'revoke', backendKey],
    ['backend-keys', 'list', '--json'],
    ['log', 'tail', '--last', '100000', '--json'],
  ];
  const printed: string[] = [];
  for (const command of commands) {
    const { code, stdout, stderr } = await server.cli(...command);
    const asked = command.includes(token) || command.includes(backendKey);
    if (code !== 0 && !asked) throw new Error(`${command.join(' ')}: ${stderr}`);
    printed.push(stdout, stderr);
  }
  return printed.join('\n');
};
