import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ENV_ID, KEY_ID, ORG_ID, organizationRecord, USER_ID } from './testing/records.js';
import { GatewayRig, type WireAnswer } from './testing/gateway-rig.js';

const API = '/api/backend/v1';
const KEYS = `${API}/end_user_api_keys`;
let rig: GatewayRig;
beforeAll(async () => {
  rig = await GatewayRig.start();
});
afterAll(() => rig.stop());
beforeEach(() => {
  rig.rpc.asked.length = 0;
  rig.rpc.replies = {};
});

const parsed = (answer: WireAnswer): unknown => JSON.parse(answer.text);

describe('forms of requests', () => {
  const path = `${API}/user/${USER_ID}/disable`;
  it.each([
    ['without body and content type', {}],
    ['with a JSON content type and no body', { headers: { 'content-type': 'application/json', 'content-length': '0' } }],
    ['with a malformed content type', { headers: { 'content-type': '???' }, body: 'x' }],
    ['with a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=b' }],
    ['with an unused body', { headers: { 'content-type': 'application/json' }, body: '{broken' }],
    ['chunked and empty', { headers: { 'transfer-encoding': 'chunked' } }],
  ])('a call without a body field works %s', async (_, request) => {
    expect(await rig.send('POST', path, request)).toMatchObject({ status: 200, text: '{}' });
    expect(rig.rpc.asked).toMatchObject([{ subject: 'directory.block-user', data: { userId: USER_ID } }]);
  });

  it('a target in absolute form, as proxies send it, is the same path, whatever content type comes with it', async () => {
    const request = { headers: { 'content-type': '???' }, body: 'x' };
    expect(await rig.send('POST', `http://auth.example.test${path}`, request)).toMatchObject({ status: 200, text: '{}' });
    expect(await rig.send('POST', `HTTPS://auth.example.test:8443${path}?`, request)).toMatchObject({ status: 200, text: '{}' });
    expect(await rig.send('POST', 'http://auth.example.test', request)).toMatchObject({ status: 404, text: '' });
  });

  it('a JSON body is read whatever its content type', async () => {
    expect(await rig.send('POST', `${API}/org/query`, { headers: { 'content-type': 'text/plain' }, body: '{"page_size":500}' })).toMatchObject({ status: 400 });
    expect(await rig.send('POST', `${API}/org/query`, { body: '{"page_size":500}' })).toMatchObject({ status: 400 });
  });

  it('null is "not provided" everywhere, and unknown fields are ignored', async () => {
    rig.rpc.replies['keys.issue-key'] = () => ({ keyId: KEY_ID });
    const nothing = { org_id: null, user_id: null, expires_at_seconds: null, metadata: null, display_name: null, of_tomorrow: 1 };
    expect((await rig.json('POST', KEYS, nothing)).status).toBe(200);
    expect(rig.rpc.asked[0]?.data).toMatchObject({ orgId: null, userId: null, expiresAtMs: null, metadata: null, displayName: null });
  });

  it('ids are accepted in any case and passed on in lower case', async () => {
    await rig.send('DELETE', `${API}/user/${USER_ID.toUpperCase()}`);
    await rig.send('DELETE', `${KEYS}/${KEY_ID.toUpperCase()}/`);
    expect(rig.rpc.asked.map(({ data }) => data)).toEqual([{ userId: USER_ID }, { keyId: KEY_ID }]);
  });

  it.each([['PUT'], ['POST']])('%s allows and forbids creating organizations', async (method) => {
    expect(await rig.send(method, `${API}/user/${USER_ID}/can_create_orgs/enable`)).toMatchObject({ status: 200, text: '{}' });
    expect(await rig.send(method, `${API}/user/${USER_ID}/can_create_orgs/disable`)).toMatchObject({ status: 200, text: '{}' });
    expect(rig.rpc.asked.map(({ data }) => data)).toMatchObject([{ canCreateOrgs: true }, { canCreateOrgs: false }]);
  });

  it('the organization query is the same as POST and as GET, and `+` is a space', async () => {
    rig.rpc.replies['directory.query-organizations'] = () => ({ items: [organizationRecord()], total: 31 });
    const posted = await rig.json('POST', `${API}/org/query`, { name: 'Blue Fig', page_number: 2, order_by: 'NAME', domain: null });
    const got = await rig.send('GET', `${API}/org/query?name=Blue+Fig&page_number=2&order_by=NAME&unknown=1`);
    expect(parsed(got)).toEqual(parsed(posted));
    expect(parsed(got)).toMatchObject({ total_orgs: 31, current_page: 2, page_size: 10, has_more_results: true, orgs: [{ org_id: ORG_ID }] });
    expect(rig.rpc.asked[0]?.data).toEqual(rig.rpc.asked[1]?.data);
    expect(rig.rpc.asked[0]?.data).toMatchObject({ name: 'Blue Fig', pageNumber: 2, domain: null });
  });

  it('a query string may be empty with its question mark', async () => {
    rig.rpc.replies['keys.list-keys'] = () => ({ items: [], total: 0 });
    expect(parsed(await rig.send('GET', `${KEYS}?`))).toEqual({ api_keys: [], total_api_keys: 0, current_page: 0, page_size: 10, has_more_results: false });
  });

  it.each([
    ['query', 'directory.query-users'],
    [`org/${ORG_ID}`, 'directory.query-users'],
    ['email?email=a', 'directory.fetch-user'],
    ['username?username=a', 'directory.fetch-user'],
  ])('/user/%s is not read as a user id', async (path, subject) => {
    await rig.send('GET', `${API}/user/${path}`);
    expect(rig.rpc.asked[0]).toMatchObject({ subject });
  });

  it('/archived and /usage are not read as key ids', async () => {
    await rig.send('GET', `${KEYS}/archived`);
    await rig.send('GET', `${KEYS}/usage?date=2024-02-29`);
    expect(rig.rpc.asked.map(({ subject }) => subject)).toEqual(['keys.list-keys', 'keys.count-usage']);
  });

  it('X-Request-Id is the one in the request if it is well-formed, otherwise a new one, and goes to the services', async () => {
    const kept = await rig.send('DELETE', `${API}/user/${USER_ID}`, { headers: { 'x-request-id': 'trace-1.a_B' } });
    expect(kept.headers['x-request-id']).toBe('trace-1.a_B');
    expect(rig.rpc.asked[0]?.caller).toMatchObject({ requestId: 'trace-1.a_B', environmentId: ENV_ID, actor: 'backendkey-b1' });
    const made = await rig.send('DELETE', `${API}/user/${USER_ID}`, { headers: { 'x-request-id': 'a b{}' } });
    expect(made.headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
  });
});
