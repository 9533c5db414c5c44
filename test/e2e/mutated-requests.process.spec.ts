import { Agent, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenApiDocument } from '@app/gateway/reference/openapi/open-api-types.js';
import { SeededRandom } from '@test/support/random/seeded-random.js';
import { type Answer, textAt, V1 } from '@test/support/clients/backend-api.js';
import { EndUserApi } from '@test/support/clients/browser-session.js';
import { problemsOf, takeNote } from './mutated-checks.js';
import { type MutatedRequest, operationsOf, RequestMutator } from './mutated-request.js';
import { MutatedWorld } from './mutated-world.js';
import { gatewayModes } from '@test/support/servers/tested-modes.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

/** Over both modes ten thousand; a change takes several hops in the second one. */
const modes = gatewayModes.map((mode, index) => ({ ...mode, requests: index === 0 ? 8_500 : 1_500 }));
const BATCH = 200;
/** Before this one a backend key is revoked. */
const HALF = 7 * BATCH + 1;
const AT_ONCE = 8;
/** Operations that a run may leave without a success: some need three fitting ids at once. */
const ALMOST_NONE = 10;
const ANSWER_MS = 20_000;
const SET_UP_MS = 180_000;
const RUN_MS = 300_000;
/** After these the end user's session may be over. */
const MAY_LOG_OUT = /^(?:log-out|refresh-session|revoke-organization-key|delete-own)/;
/** A failure says it. */
const SEED = process.env['MUTATION_SEED'] ?? 'keyfence';

describe.each(modes)('mutated requests, $name', ({ start, requests }) => {
  let server: TestedServer;
  let world: MutatedWorld;
  let document: OpenApiDocument;
  let agent: Agent;
  let secondBackendKeyId: string;
  let secondBackendKey: string;
  let mutator: RequestMutator;

  beforeAll(async () => {
    server = await start();
    agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
    world = await MutatedWorld.made(server);
    const made = await server.cliJson('backend-keys', 'create', '--name', 'second', '--permissions', 'full-access', '--environment', 'mutated');
    [secondBackendKeyId, secondBackendKey] = [textAt(made, 'backendKeyId'), textAt(made, 'backendKey')];
    document = (await (await fetch(`${server.origin}/openapi.json`)).json()) as OpenApiDocument;
    mutator = new RequestMutator(operationsOf(document), world, secondBackendKey);
  }, SET_UP_MS);
  afterAll(async () => {
    agent?.destroy();
    await server?.remove();
  });

  const send = ({ method, target, headers, body }: MutatedRequest): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const bytes = body === null ? null : Buffer.from(body);
      const outgoing = httpRequest(server.origin, {
        agent,
        method,
        path: target,
        signal: AbortSignal.timeout(ANSWER_MS),
        headers: { ...headers, ...(bytes === null ? {} : { 'content-length': String(bytes.length) }) } as Record<string, string | string[]>,
      });
      outgoing.once('error', reject).once('response', (incoming) => {
        const given = new Headers(
          Object.entries(incoming.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as [string, string]])),
        );
        text(incoming).then((all) => resolve({ status: incoming.statusCode ?? 0, headers: given, text: all }), reject);
      });
      outgoing.end(bytes ?? undefined);
    });

  const problems: unknown[] = [];
  const seen = new Map<string, number>();
  const tryOne = async (number: number): Promise<void> => {
    world.begun = number;
    const request = mutator.next(number, new SeededRandom(`${SEED}/${number}`));
    const short = (value: string | null): string | null => (value === null || value.length < 2_000 ? value : `${value.slice(0, 2_000)}…`);
    const said = { seed: SEED, number, method: request.method, target: request.target, headers: request.headers, body: short(request.body) };
    const answer = await send(request).catch((error: unknown) => String(error));
    const wrong = typeof answer === 'string' ? [answer] : problemsOf(request, answer, world, document);
    if (wrong.length > 0) problems.push({ wrong, ...said, answer: typeof answer === 'string' ? null : [answer.status, short(answer.text)] });
    if (typeof answer === 'string') return;
    seen.set(
      `${request.placed?.operation.operationId ?? 'nothing'} ${String(answer.status)}`,
      (seen.get(`${request.placed?.operation.operationId ?? 'nothing'} ${String(answer.status)}`) ?? 0) + 1,
    );
    takeNote(request, answer, world);
    if (MAY_LOG_OUT.test(request.placed?.operation.operationId ?? '')) await world.renewEndUser();
  };

  it(
    `are answered as the document says, ${String(requests)} of them, and nothing of other owners is in an answer`,
    async () => {
      for (let first = 1; first <= requests && problems.length < 20; first += BATCH) {
        const numbers = Array.from({ length: BATCH }, (_, index) => first + index);
        await Promise.all(
          Array.from({ length: AT_ONCE }, async () => {
            for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) await tryOne(number);
          }),
        );
        await world.revokeSome();
        if (first === HALF) {
          await server.cliJson('backend-keys', 'revoke', secondBackendKeyId, '--environment', 'mutated');
          world.ended(secondBackendKey);
        }
        await world.renew();
      }
      expect(problems).toEqual([]);
      const statuses = [...seen].flatMap(([name, count]) => Array<string>(count).fill(name.split(' ')[1] ?? ''));
      expect(statuses.filter((status) => status === '503').length).toBeLessThan(requests / 100);
      // Otherwise the run would prove nothing: nearly every operation did what it is there for.
      const done = new Set([...seen.keys()].filter((name) => / 20[01]$/.test(name)).map((name) => name.split(' ')[0]));
      expect(
        operationsOf(document)
          .map(({ operation }) => operation.operationId)
          .filter((id) => !done.has(id)).length,
      ).toBeLessThan(ALMOST_NONE);
    },
    RUN_MS,
  );

  it('leave the processes well, silent about secrets, and a normal round works', async () => {
    for (const origin of server.adminOrigins) expect((await fetch(`${origin}/healthz`)).status).toBe(200);
    const { backend } = world.own;
    const key = await backend.issueKey({ user_id: await backend.createUser() });
    expect((await backend.validate(key.token)).status).toBe(200);
    await backend.done('DELETE', `${V1}/end_user_api_keys/${key.id}`);
    expect((await backend.validate(key.token)).status).toBe(400);
    const person = { email: backend.newEmail(), password: world.own.plan.password };
    await backend.createUser(person);
    const endUser = new EndUserApi(server.origin, world.own.host);
    await endUser.logIn(person.email, person.password);
    expect((await endUser.call('GET', '/api/v1/refresh_token')).status).toBe(200);
    const secrets = [world.own.plan.password, backend.backendKey, key.token, world.own.orgKey.token, world.foreign.refreshToken];
    expect(secrets.filter((secret) => server.everythingPrinted.includes(secret))).toEqual([]);
  });
});
