import { ERROR_ANSWERS } from '@app/http-api';
import type { AnsweredCode } from '@app/http-api';
import { KEYS, V1 } from '@test/support/clients/backend-api.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';
import type { HttpAnswer } from '@test/support/clients/answer-reader.js';
import { type CanaryClient, freshName } from './canary-client.js';
import { prepareStage, type Stage } from './endpoint-calls.js';
import type { FaultRequests } from './faulty-server.js';
import { SESSION_REFUSALS } from './session-refusals.js';

export interface RefusalStage {
  readonly client: CanaryClient;
  readonly faulty: Pick<FaultRequests, 'failInAService' | 'callTooOften'>;
  readonly powerless: string;
  readonly server: Pick<TestedServer, 'changeSettings'>;
}
type Status = Pick<HttpAnswer, 'status'>;
type Provoke = (stage: RefusalStage & { readonly made: Stage }) => Promise<Status>;

const email = (): string => `${freshName()}@example.test`;

/** Every refusal there is, each provoked by a request with a secret in it. */
const REFUSALS: Readonly<Record<AnsweredCode, Provoke>> = {
  INVALID_FIELDS: ({ client }) =>
    client.send('a password over the limit', 'POST', `${V1}/user/`, {
      email: email(),
      password: client.planted.plant('password over the limit', Array.from({ length: 100 }, freshName).join('')),
    }),
  NOT_FOUND: ({ client }) => client.send('a token for an id', 'GET', `${KEYS}/${client.planted.strangeToken('token for an id')}`),
  UNAUTHORIZED: ({ client }) => client.send('a strange key', 'GET', KEYS, undefined, client.authorized(client.planted.strangeBackendKey('strange key'))),
  FORBIDDEN: ({ client, powerless }) =>
    client.send(
      'a forbidden import',
      'POST',
      `${KEYS}/import`,
      { imported_api_key: client.planted.oddText('token of a forbidden import') },
      client.authorized(powerless),
    ),
  USER_NOT_FOUND: ({ client }) =>
    client.send('a token for a user', 'POST', `${V1}/access_token`, { user_id: client.planted.strangeToken('token for a user'), duration_in_minutes: 5 }),
  IDEMPOTENCY_KEY_REUSED: async ({ client }) => {
    const headers = { ...client.authorized(), 'idempotency-key': client.planted.asciiText('Idempotency-Key used twice') };
    const create = (use: string): Promise<HttpAnswer> =>
      client.send(
        `the ${use} use of an Idempotency-Key`,
        'POST',
        `${V1}/user/`,
        { email: email(), password: client.planted.oddText(`password of the ${use} use`) },
        headers,
      );
    await create('first');
    return create('second');
  },
  TOKEN_SHOWN_ONCE: async ({ client }) => {
    const headers = { ...client.authorized(), 'idempotency-key': client.planted.asciiText('Idempotency-Key of a repeated creation') };
    await client.issue('a creation that is repeated', 'POST', KEYS, {}, 'api_key_token', { headers });
    return client.send('a repeated creation', 'POST', KEYS, {}, headers);
  },
  ...SESSION_REFUSALS,
  BUSY: async ({ client }) => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        client.send(`a password of many at once (${String(index)})`, 'POST', `${V1}/user/`, {
          email: email(),
          password: client.planted.oddText('password of many at once'),
        }),
      ),
    );
    const refused = answers.find(({ status }) => status === 429);
    if (refused === undefined) throw new Error('None of 40 passwords at once was too many.');
    return refused;
  },
  UNAVAILABLE: ({ faulty }) => faulty.failInAService(),
  RATE_LIMITED: ({ faulty }) => faulty.callTooOften(),
  ORGANIZATIONS_DISABLED: ({ client }) =>
    client.send('a call for organizations', 'POST', `${V1}/org/`, { name: client.planted.strangeToken('name of no organization') }),
  KEY_KIND_DISABLED: ({ client, made }) =>
    client.send('a key of a kind that is off', 'POST', KEYS, { user_id: made.user_id, metadata: { note: client.planted.oddText('metadata of no key') } }),
  ACCESS_TOKENS_DISABLED: ({ client, made }) =>
    client.send('a call for access tokens', 'POST', `${V1}/access_token`, { user_id: made.user_id, duration_in_minutes: 5 }),
};

const SWITCHED_OFF = {
  backendTokenPrefix: '',
  organizationsEnabled: false,
  accessTokensEnabled: false,
  personalApiKeysEnabled: false,
  emailConfirmationRequired: true,
  orgApiKeyRateLimit: { periodType: 'days', periodSize: 1, allowPerPeriod: 1 },
};
const SWITCHED_ON = {
  organizationsEnabled: true,
  accessTokensEnabled: true,
  personalApiKeysEnabled: true,
  emailConfirmationRequired: false,
  orgApiKeyRateLimit: null,
};
const NEED_SWITCH: readonly string[] = [
  'ORGANIZATIONS_DISABLED',
  'ACCESS_TOKENS_DISABLED',
  'KEY_KIND_DISABLED',
  'EMAIL_NOT_CONFIRMED',
] satisfies AnsweredCode[];

const provoke = async (code: string, stage: RefusalStage, made: Stage): Promise<void> => {
  const { status } = await REFUSALS[code as AnsweredCode]({ ...stage, made });
  const expected = ERROR_ANSWERS[code as AnsweredCode].status;
  if (status !== expected) throw new Error(`${code}: ${String(status)}, not ${String(expected)}`);
};

const overTheOwnersLimit = async ({ client }: RefusalStage, { token }: Stage): Promise<void> => {
  for (const expected of [200, 429]) {
    const { status } = await client.send(`a validation answered ${String(expected)}`, 'POST', `${KEYS}/validate`, { api_key_token: token });
    if (status !== expected) throw new Error(`The owner's limit: ${String(status)}, not ${String(expected)}`);
  }
};

/** Names of what was refused as it should be, to be compared with the table. */
export const provokeRefusals = async (stage: RefusalStage): Promise<readonly string[]> => {
  const made = await prepareStage(stage.client);
  const codes = Object.keys(REFUSALS);
  for (const code of codes.filter((one) => !NEED_SWITCH.includes(one))) await provoke(code, stage, made);
  await stage.server.changeSettings(SWITCHED_OFF);
  for (const code of NEED_SWITCH) await provoke(code, stage, made);
  await overTheOwnersLimit(stage, made);
  await stage.server.changeSettings(SWITCHED_ON);
  return codes;
};
