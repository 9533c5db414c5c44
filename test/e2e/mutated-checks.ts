import type { OpenApiDocument } from '@app/gateway/reference/openapi/open-api-types.js';
import { schemaProblems } from '@test/support/project/schema-check.js';
import { type Answer, at, isObject } from '@test/support/clients/backend-api.js';
import type { MutatedRequest } from './mutated-request.js';
import { FOREIGN_MARK, type MutatedWorld, OTHER_ORG_MARK, shownKey } from './mutated-world.js';

const ORGANIZATION = /^\/api\/v1\/(?:org|public)(?:[/?]|$)/;
const FRONTEND = /^\/api\/fe\//;
const WITH_BACKEND_KEY = /^\/api\/(?:backend\/|v1\/token_verification_metadata)/;
/** Of stacks and files, of hashes, of what the services are made of. */
const INSIDES =
  /\n\s+at |node:internal|node_modules|\.[cm]?[jt]s:\d|\/(?:dist|src|tmp|home|var|usr)\/|\$argon2|pepper|sealedPrivateKey|BEGIN [A-Z ]*PRIVATE|ECONNREFUSED|SQLITE_|MongoServerError|ENOENT/i;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const wrongStatus = ({ placed }: MutatedRequest, { status }: Answer): readonly string[] => {
  if (placed === null) return [400, 401, 403, 404, 413].includes(status) ? [] : [`${status} where there is nothing`];
  if (status >= 500 && status !== 503) return ['a fault of the server'];
  return Object.hasOwn(placed.operation.responses, String(status)) ? [] : [`${placed.operation.operationId} has no ${status} in the document`];
};

const wrongForm = ({ target }: MutatedRequest, { status, text, headers }: Answer): readonly string[] => {
  const body = parsed(text);
  const isJson = headers.get('content-type')?.startsWith('application/json') === true;
  if (status < 300) return isJson && typeof body === 'object' && body !== null ? [] : ['a success that is not JSON'];
  if (ORGANIZATION.test(target))
    return isJson && isObject(body) && body['status'] === 'error' && typeof body['message'] === 'string' && Object.keys(body).length === 2
      ? []
      : ['no envelope'];
  if (FRONTEND.test(target)) return isJson && isObject(body) && typeof body['error_code'] === 'string' ? [] : ['no error code'];
  const mayBeObject = status === 400 || status === 409;
  return isObject(body) === mayBeObject ? [] : [mayBeObject ? 'no JSON object' : 'a JSON object that clients take for a 400'];
};

const notAsDescribed = ({ placed }: MutatedRequest, { status, text }: Answer, { components }: OpenApiDocument): readonly string[] => {
  const schema = placed?.operation.responses[String(status)]?.content?.['application/json']?.schema;
  return schema === undefined ? [] : schemaProblems(schema, parsed(text), components.schemas).slice(0, 3);
};

/** Ids of the foreign environment may be in a request; what only it has in names and metadata never is. */
const foreignThings = ({ target, headers }: MutatedRequest, { text }: Answer, { own, foreign, otherOrg }: MutatedWorld): readonly string[] => {
  const beyond = ORGANIZATION.test(target) || FRONTEND.test(target) ? [OTHER_ORG_MARK, otherOrg.orgId, otherOrg.key.id] : [];
  // The backend API is the key's environment at whatever host.
  const atHome = headers['host'] === foreign.host && !WITH_BACKEND_KEY.test(target) ? [own.userId, own.orgId, own.orgKey.id] : [];
  return [FOREIGN_MARK, foreign.plan.email, ...foreign.marks, ...beyond, ...atHome]
    .filter((mark) => text.includes(mark))
    .map((mark) => `shows ${mark} of another owner`);
};

const secretsIn = (request: MutatedRequest, { status, text }: Answer, { own, foreign, keys }: MutatedWorld): readonly string[] => {
  const inside = INSIDES.exec(text.replaceAll(/-----BEGIN PUBLIC KEY-----/g, ''));
  const secrets = [
    own.plan.password,
    own.backend.backendKey,
    foreign.backend.backendKey,
    foreign.orgKey.token,
    foreign.personalKey.token,
    foreign.refreshToken,
    foreign.endUser.accessToken,
  ];
  const inErrors =
    status < 400
      ? []
      : [own.orgKey.token, own.personalKey.token, own.endUser.accessToken, own.refreshToken, 'a mutated password', ...keys.map(({ token }) => token)];
  return [
    ...(inside === null ? [] : [`shows its insides: ${inside[0]}`]),
    ...[...secrets, ...inErrors].filter((secret) => text.includes(secret)).map((secret) => `shows a secret: ${secret.slice(0, 8)}…`),
  ];
};

/** What has ended opens nothing, and is not a living key. */
const livesOn = ({ number, headers, placed }: MutatedRequest, { status, text }: Answer, world: MutatedWorld): readonly string[] => {
  if (status >= 300) return [];
  const shownAs = [headers['x-api-key'], headers['authorization']].flat().map((value) => String(value).replace(/^Bearer /, ''));
  const known = world.revokedOrgKey === null ? world.keys : [...world.keys, world.revokedOrgKey];
  const opened = known.filter(({ id, token }) => shownAs.includes(token) && world.hadEnded(id, number)).map(({ id }) => `the revoked key ${id} opened it`);
  const byBackend = shownAs.filter((token) => world.hadEnded(token, number)).map(() => 'a revoked backend key opened it');
  const validated = placed?.operation.operationId.startsWith('validate') === true ? at(parsed(text), 'api_key_id') : undefined;
  return [...opened, ...byBackend, ...(typeof validated === 'string' && world.hadEnded(validated, number) ? [`the revoked key ${validated} is valid`] : [])];
};

/** Takes note of what the request has made or ended; after the checks, which go by what was known before. */
export const takeNote = ({ placed, target, body }: MutatedRequest, { status, text }: Answer, world: MutatedWorld): void => {
  if (placed === null || status >= 300) return;
  const pathId = /\/(?:key_)?([0-9a-f]{32}|[0-9a-f-]{36})(?:[/?]|$)/i.exec(target)?.[1]?.toLowerCase() ?? '';
  const { operationId } = placed.operation;
  if (['delete-api-key', 'delete-own-api-key', 'revoke-organization-key'].includes(operationId)) world.ended(pathId);
  if (['disable-user', 'delete-user'].includes(operationId)) world.ended(...world.keys.filter(({ userId }) => userId === pathId).map(({ id }) => id));
  const made = shownKey(parsed(text));
  const owner = at(parsed(body ?? ''), 'user_id');
  if (made !== null)
    world.know({ ...made, userId: typeof owner === 'string' && (at(parsed(body ?? ''), 'org_id') ?? null) === null ? owner.toLowerCase() : null });
};

/** Everything that is wrong with an answer. */
export const problemsOf = (request: MutatedRequest, answer: Answer, world: MutatedWorld, document: OpenApiDocument): readonly string[] => {
  const { status } = answer;
  const waits = (status === 503 || status === 429) && answer.headers.get('retry-after') === null ? ['no Retry-After'] : [];
  return [
    ...wrongStatus(request, answer),
    ...wrongForm(request, answer),
    ...notAsDescribed(request, answer, document),
    ...foreignThings(request, answer, world),
    ...secretsIn(request, answer, world),
    ...livesOn(request, answer, world),
    ...waits,
  ];
};
