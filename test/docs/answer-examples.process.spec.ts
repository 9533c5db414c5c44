import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BACKEND_ENDPOINTS, type BackendEndpointId } from '@app/http-api';
import { BackendApi } from '@test/support/clients/backend-api.js';
import { StandaloneServer } from '@test/support/servers/standalone-process.js';
import { ANSWER_EXAMPLES } from './answer-examples.js';
import { type LiveCall, liveCalls, prepareStage } from './live-calls.js';

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Fields and kinds of values; one item stands for a list, and ids as names of fields for each other. */
const shapeOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, part]) => [ID.test(name) ? '<id>' : name, shapeOf(part)])
      .toSorted(([a], [b]) => String(a).localeCompare(String(b))),
  );
};

describe('the answers in the API reference', () => {
  let server: StandaloneServer;
  let api: BackendApi;
  let calls: Readonly<Record<BackendEndpointId, LiveCall>>;
  beforeAll(async () => {
    server = await StandaloneServer.started();
    api = BackendApi.of(server);
    calls = liveCalls(await prepareStage(api, server));
  });
  afterAll(() => server?.remove());

  it('are those of a server, field for field', async () => {
    for (const [id, [method, path, body]] of Object.entries(calls) as [BackendEndpointId, LiveCall][]) {
      const { status, text } = await api.call(method, path, body);
      expect([id, status]).toEqual([id, 200]);
      expect([id, shapeOf(JSON.parse(text))]).toEqual([id, shapeOf(ANSWER_EXAMPLES[id])]);
    }
    expect(Object.keys(calls).toSorted()).toEqual(BACKEND_ENDPOINTS.map(({ id }) => id).toSorted());
  });
});
