import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { WIRE_SENTENCES } from '@app/http-api';
import { invalidField } from '@app/domain';
import { NOT_JSON, readJson, receiveBody } from '@app/platform';

type Done = (error: Error | null, body?: Buffer) => void;

const refusal = (statusCode: number): Error => Object.assign(new Error('The body was not accepted.'), { statusCode });

/** In place of Fastify's own reading, which refuses at the first byte too many. Calls `done` once, with an error that has a `statusCode` or with the whole body. */
export const readLimitedBody = (payload: IncomingMessage, done: Done): void =>
  receiveBody(payload, {
    received: (body) => done(null, body),
    tooLarge: () => done(refusal(413)),
    incomplete: () => done(refusal(400)),
  });

/** The bytes of the body as they came; empty where there was none. */
export const rawBodyOf = ({ body }: FastifyRequest): Buffer => (Buffer.isBuffer(body) ? body : Buffer.alloc(0));

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The body as a JSON object; no body is an empty one. Parsed here and not by Fastify, so that an unauthenticated caller's bad JSON is 401 and
 * that calls without a body never look at what a client sends along.
 */
export const jsonBodyOf = (request: FastifyRequest): Readonly<Record<string, unknown>> => {
  const read = readJson(rawBodyOf(request));
  const body = read === undefined ? {} : read;
  if (body === NOT_JSON) throw invalidField('body', WIRE_SENTENCES.notJson);
  if (!isObject(body)) throw invalidField('body', WIRE_SENTENCES.notAnObject);
  return body;
};
