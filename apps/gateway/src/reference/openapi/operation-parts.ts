import type { JsonObject } from '@app/domain';
import { type DtoClass, fieldsOf, type EndpointMethod } from '@app/http-api';
import type { AnswerShape } from './answers.js';
import { dtoParameters, dtoSchema } from './dto-schema.js';
import type { OpenApiBody, OpenApiHeader, OpenApiMethod, OpenApiParameter, OpenApiResponse } from './open-api-types.js';

const METHODS: Readonly<Record<EndpointMethod, OpenApiMethod>> = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' };
export const openApiMethod = (method: EndpointMethod): OpenApiMethod => METHODS[method];

/** An empty body counts as `{}`, so a body is required only if a field is. */
export const requestBody = (dtoClass: DtoClass | null, example: JsonObject | undefined): { readonly requestBody?: OpenApiBody } => {
  if (dtoClass === null) return {};
  const media = { schema: dtoSchema(dtoClass), ...(example === undefined ? {} : { example }) };
  return { requestBody: { required: fieldsOf(dtoClass).some(({ required }) => required), content: { 'application/json': media } } };
};

export const queryParameters = (dtoClass: DtoClass | null, examples: JsonObject | undefined): readonly OpenApiParameter[] =>
  dtoClass === null ? [] : dtoParameters(dtoClass, examples ?? {});

const COOKIES: Readonly<Record<'sets' | 'clears', string>> = {
  sets: 'The cookies `access_token` and `refresh_token`: HttpOnly, Secure, SameSite=Lax, for the whole host.',
  clears: 'Empties the cookies `access_token` and `refresh_token`.',
};

/** The response of a call that succeeded. `headers` are added to its own. */
export const successResponse = (answer: AnswerShape, headers: Readonly<Record<string, OpenApiHeader>> = {}): OpenApiResponse => {
  const examples =
    answer.others === undefined
      ? { example: answer.example }
      : {
          examples: { usual: { value: answer.example }, ...Object.fromEntries(Object.entries(answer.others).map(([name, value]) => [name, { value }])) },
        };
  const all: Readonly<Record<string, OpenApiHeader>> =
    answer.cookies === undefined ? headers : { ...headers, 'Set-Cookie': { description: COOKIES[answer.cookies], schema: { type: 'string' } } };
  return {
    description: 'Success.',
    ...(Object.keys(all).length === 0 ? {} : { headers: all }),
    content: { 'application/json': { schema: answer.schema, ...examples } },
  };
};
