import type { FastifyRequest } from 'fastify';
import { parseKeyId, parseUuid } from '@app/contracts';
import { notFound } from '@app/domain';

const PARSERS = { user_id: parseUuid, org_id: parseUuid, api_key_id: parseKeyId } as const;
export type PathIdName = keyof typeof PARSERS;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

/** The id in the path as it is stored; null: the path has none of this name. A malformed one names nothing: 404. */
export const pathIdOf = ({ params }: FastifyRequest, name: PathIdName): string | null => {
  const text = isRecord(params) && Object.hasOwn(params, name) ? params[name] : null;
  if (typeof text !== 'string') return null;
  const id = PARSERS[name](text);
  if (id === null) throw notFound();
  return id;
};

/** For the guard: Nest reads a method's parameters in no order of ours, and 404 must go before what is wrong with the body. */
export const refuseMalformedIds = (request: FastifyRequest): void => {
  pathIdOf(request, 'user_id');
  pathIdOf(request, 'org_id');
  pathIdOf(request, 'api_key_id');
};
