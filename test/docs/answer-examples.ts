import { BACKEND_ANSWERS } from '@app/gateway/reference/openapi/backend-answers.js';
import type { BackendEndpointId } from '@app/http-api';

/** What a 200 of each call holds: the examples of the OpenAPI document, made by the code that makes the real answer. */
export const ANSWER_EXAMPLES = Object.fromEntries(Object.entries(BACKEND_ANSWERS).map(([id, { example }]) => [id, example])) as Readonly<
  Record<BackendEndpointId, unknown>
>;
