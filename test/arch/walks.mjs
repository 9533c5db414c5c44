// Which files must be opened to follow a request, counted by hand. `npm run trace` prints each list beside what a real request enters.
//
// A stop is a file of ours that must be opened to follow the meaning: it decides something, changes something, or gives a name its meaning.
// The walk goes through the four services, from the socket to the method of the controller, without the controller's own file. A file is left
// out where the call to it already says all that this request needs: `givenRequestId`, `registerCors`, `endpointOf`, `FenceNode.resolve`.
//
// The two lists differ by their nature. A trace sees functions that run, so it has neither what runs once at load (decorators, rows of the
// endpoints' table, DTO classes) nor what is only a type. It has what runs without being looked at, such as clocks, and what the standalone
// server alone has in front of the gateway.

/** By request: each file of the walk, in the order of reading, and what a reader learns there. */
export const WALKS_BY_HAND = {
  'create-api-key': {
    'apps/gateway/src/gateway-http.ts': 'what happens to every request: options, id, body, headers, hooks',
    'apps/gateway/src/http/json-body.ts': 'how much of the body is read, and what counts as JSON',
    'apps/gateway/src/entry/endpoint.ts': 'the guards of the route, in their order',
    'libs/http-api/src/endpoints/api-keys.ts': 'the row: path, permission, body',
    'libs/http-api/src/endpoints/endpoint.ts': 'what the row leaves out, and what its API asks of every call',
    'apps/gateway/src/entry/identify.ts': 'the first guard: who calls',
    'libs/tokens/src/token-format.ts': 'what may be a backend key',
    'libs/tokens/src/digest.ts': 'what is looked up in its place',
    'apps/gateway/src/entry/fence-records.ts': 'from where a key is known, and what happens when that cannot be known',
    'apps/gateway/src/entry/call.ts': 'who calls, as whom the services are asked, and repeated requests',
    'apps/gateway/src/entry/limit.ts': 'the second guard: how often',
    'apps/gateway/src/entry/authorize.ts': 'the third guard: whether the key may',
    'libs/http-api/src/permissions.ts': 'which permission covers which',
    'apps/gateway/src/http/wire-input.ts': 'how body, query and ids become arguments',
    'libs/http-api/src/dto/read-fields.ts': 'defaults, unknown fields, and the refusal',
    'libs/http-api/src/dto/api-keys.ts': 'the fields',
    'libs/http-api/src/dto/rules.ts': 'the rules of the fields',
  },
};
