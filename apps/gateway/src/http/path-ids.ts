import type { FastifyRequest } from 'fastify';
import { parseKeyId, parseUuid } from '@app/http-api';
import { notFound } from '@app/domain';

/** The organization API's spelling of an id: a prefix, and no dashes. */
const prefixed = (prefix: string, text: string): string | null => (text.startsWith(prefix) ? parseKeyId(text.slice(prefix.length)) : null);
const memberId = (text: string): string | null => {
  const hex = prefixed('usr_', text);
  return hex === null ? null : parseUuid(hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
};

const PARSERS = {
  user_id: parseUuid,
  org_id: parseUuid,
  api_key_id: parseKeyId,
  key_id: (text: string) => prefixed('key_', text),
  member_id: memberId,
} as const;
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
  for (const name of ['user_id', 'org_id', 'api_key_id', 'key_id', 'member_id'] as const) pathIdOf(request, name);
};
