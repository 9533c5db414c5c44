import { Buffer } from 'node:buffer';
import type { FastifyRequest } from 'fastify';
import { invalidField } from '@app/domain';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The bytes of the body as they came; empty where there was none. */
export const rawBodyOf = ({ body }: FastifyRequest): Buffer => (Buffer.isBuffer(body) ? body : Buffer.alloc(0));

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

const parse = (bytes: Buffer): unknown => {
  try {
    const text = decoder.decode(bytes).trim();
    return text === '' ? {} : (JSON.parse(text) as unknown);
  } catch {
    throw invalidField('body', 'This is not valid JSON in UTF-8.');
  }
};

/**
 * The body as a JSON object; no body is an empty one. Parsed here and not by Fastify, so that a stranger's bad JSON is 401 and
 * that calls without a body never look at what a client sends along.
 */
export const jsonBodyOf = (request: FastifyRequest): Readonly<Record<string, unknown>> => {
  const body = parse(rawBodyOf(request));
  if (!isObject(body)) throw invalidField('body', 'The body must be a JSON object.');
  return body;
};
