// The requests that `npm run trace` knows. Each makes what it needs by calls of its own and returns the one call to trace.

/**
 * @typedef {{ readonly method: string, readonly path: string, readonly body?: unknown, readonly fromPage?: boolean }} Call `fromPage`: as a page of
 *   the environment calls, without a backend key
 * @typedef {(call: Call) => Promise<Record<string, any>>} Ask Resolves with the JSON of the answer
 * @typedef {{ readonly controller: string, readonly prepare: (ask: Ask) => Promise<Call> }} TracedRequest `controller`: the file in which user
 *   code begins
 */

const V1 = '/api/backend/v1';
const PASSWORD = 'correct horse battery staple';

const post = (path, body) => ({ method: 'POST', path, body });
const createKey = (userId) => post(`${V1}/end_user_api_keys`, { user_id: userId });
const validate = (token) => post(`${V1}/end_user_api_keys/validate`, { api_key_token: token });

const newUser = async (ask, fields = {}) => {
  const email = `${crypto.randomUUID()}@example.test`;
  const { user_id: userId } = await ask(post(`${V1}/user/`, { email, ...fields }));
  return { email, userId };
};

/** After its first validation a node has the records of the key in memory. */
const newValidatedKey = async (ask) => {
  const { userId } = await newUser(ask);
  const { api_key_token: token } = await ask(createKey(userId));
  await ask(validate(token));
  return { userId, token };
};

/** @type {Readonly<Record<string, TracedRequest>>} */
export const TRACED_REQUESTS = {
  'create-api-key': {
    controller: 'apps/gateway/src/backend-api/api-keys.controller.ts',
    prepare: async (ask) => createKey((await newUser(ask)).userId),
  },
  'block-user': {
    controller: 'apps/gateway/src/backend-api/users.controller.ts',
    prepare: async (ask) => post(`${V1}/user/${(await newValidatedKey(ask)).userId}/disable`),
  },
  'validate-api-key': {
    controller: 'apps/validation/src/validate.route.ts',
    prepare: async (ask) => validate((await newValidatedKey(ask)).token),
  },
  login: {
    controller: 'apps/gateway/src/sessions/login.controller.ts',
    prepare: async (ask) => {
      const { email } = await newUser(ask, { password: PASSWORD });
      return { ...post('/api/fe/v3/login', { email, password: PASSWORD }), fromPage: true };
    },
  },
};
