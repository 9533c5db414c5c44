// Which files must be opened to follow a request, counted by hand. `npm run trace` prints each list beside what a real request enters.
//
// A stop is a file of ours that must be opened to follow the meaning: it decides something, changes something, or gives a name its meaning.
// The walk goes through the four services, from the socket to the method of the controller, without the controller's own file. A file is left
// out where the call to it already says all that this request needs: `givenRequestId`, `hasValidChecksum`, `refuseMalformedIds`.
//
// The two lists differ by their nature. A trace sees functions that run, so it has neither what runs once at load (decorators, rows of the
// endpoints' table, DTO classes) nor what is only a type. It has what runs without being looked at, such as clocks, and what the standalone
// server alone has in front of the gateway.

/** By request: each file of the walk, in the order of reading, and what a reader learns there. */
export const WALKS_BY_HAND = {
  'create-api-key': {
    'apps/gateway/src/http/gateway-http.ts': 'what happens to every request: options, body, headers, hooks',
    'apps/gateway/src/http/request-id.ts': 'which id the request has',
    'apps/gateway/src/edge/cors.ts': 'that pages of other origins have no part in this API',
    'apps/gateway/src/http/limited-body.ts': 'how much of the body is read',
    'apps/gateway/src/access/serves.ts': 'the guards of the route, in their order',
    'libs/contracts/src/endpoints.ts': 'where the row comes from',
    'libs/contracts/src/endpoints/api-keys.ts': 'the row: path, permission, body',
    'libs/contracts/src/endpoints/endpoint-shape.ts': 'what the row leaves out',
    'apps/gateway/src/access/identify-backend-key.ts': 'the first guard: who calls',
    'apps/gateway/src/http/bearer-token.ts': 'where the backend key stands',
    'libs/tokens/src/digest.ts': 'what is looked up in its place',
    'apps/gateway/src/access/backend-key-verifier.ts': 'what a verified key is',
    'apps/gateway/src/access/fence-backend-key-verifier.ts': 'who verifies it',
    'apps/gateway/src/access/or-unavailable.ts': 'what happens when the node cannot know',
    'libs/fence/src/node.ts': 'when memory may answer',
    'libs/fence/src/record-map.ts': 'what memory holds',
    'libs/fence/src/lease.ts': 'how long it may answer',
    'apps/gateway/src/access/verified-keys.ts': 'how the next guards learn who calls',
    'apps/gateway/src/access/platform-limit.ts': 'the second guard: how often',
    'apps/gateway/src/access/limiter-storage.ts': 'how the library of the limit counts',
    'apps/gateway/src/access/authorize-endpoint.ts': 'the third guard: whether the key may',
    'apps/gateway/src/access/endpoint.ts': 'how a guard finds the row',
    'libs/contracts/src/permissions.ts': 'which permission covers which',
    'apps/gateway/src/api/wire-input.ts': 'how the body becomes an argument',
    'apps/gateway/src/http/json-body.ts': 'what counts as a body',
    'libs/contracts/src/dto/read-fields.ts': 'defaults, unknown fields, and the refusal',
    'libs/contracts/src/dto/api-keys.ts': 'the fields',
    'libs/contracts/src/dto/rules.ts': 'the rules of the fields',
    'apps/gateway/src/api/backend-call.ts': 'as whom the services are asked, and repeated requests',
  },
};
