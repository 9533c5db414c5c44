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
    'apps/gateway/src/gateway-http.ts': 'what happens to every request: options, id, body, headers, hooks',
    'apps/gateway/src/entry/cors.ts': 'that pages of other origins have no part in this API',
    'apps/gateway/src/http/limited-body.ts': 'how much of the body is read',
    'apps/gateway/src/entry/endpoint.ts': 'the guards of the route, in their order',
    'libs/http-api/src/endpoints.ts': 'where the row comes from',
    'libs/http-api/src/endpoints/api-keys.ts': 'the row: path, permission, body',
    'libs/http-api/src/endpoints/endpoint.ts': 'what the row leaves out',
    'apps/gateway/src/entry/identify.ts': 'the first guard: who calls',
    'apps/gateway/src/entry/apis.ts': 'what names the environment in this API',
    'apps/gateway/src/http/bearer-token.ts': 'where the backend key stands',
    'libs/tokens/src/digest.ts': 'what is looked up in its place',
    'apps/gateway/src/entry/fence-records.ts': 'what happens when the node cannot know',
    'libs/fence/src/node/node.ts': 'when memory may answer',
    'libs/fence/src/node/record-map.ts': 'what memory holds',
    'libs/fence/src/node/lease.ts': 'how long it may answer',
    'apps/gateway/src/entry/caller.ts': 'how the next guards learn who calls',
    'apps/gateway/src/entry/limit.ts': 'the second guard: how often',
    'apps/gateway/src/entry/limits.ts': 'how many calls a backend key has',
    'apps/gateway/src/entry/limiter-storage.ts': 'how the library of the limit counts',
    'apps/gateway/src/entry/authorize.ts': 'the third guard: whether the key may',
    'apps/gateway/src/entry/served-endpoint.ts': 'how a guard finds the row',
    'libs/http-api/src/permissions.ts': 'which permission covers which',
    'apps/gateway/src/http/wire-input.ts': 'how the body becomes an argument',
    'apps/gateway/src/http/json-body.ts': 'what counts as a body',
    'libs/http-api/src/dto/read-fields.ts': 'defaults, unknown fields, and the refusal',
    'libs/http-api/src/dto/api-keys.ts': 'the fields',
    'libs/http-api/src/dto/rules.ts': 'the rules of the fields',
    'apps/gateway/src/entry/call.ts': 'as whom the services are asked, and repeated requests',
  },
};
