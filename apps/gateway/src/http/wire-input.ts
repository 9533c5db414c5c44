import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type DtoClass, parseKeyId, parseUuid, readBody, readQuery } from '@app/http-api';
import { notFound } from '@app/domain';
import { jsonBodyOf } from './json-body.js';

const requestOf = (context: ExecutionContext): FastifyRequest => context.switchToHttp().getRequest<FastifyRequest>();

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
const recordOf = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});

// Parameter decorators, not pipes: they run after the guards, so an unauthorized caller never learns what is wrong with the request.

/** The body as an instance of this class. A 400 names every wrong field. */
export const WireBody = (dtoClass: DtoClass): ParameterDecorator =>
  createParamDecorator((_: unknown, context: ExecutionContext) => readBody(dtoClass, jsonBodyOf(requestOf(context))))();

/** The query string as an instance of this class. */
export const WireQuery = (dtoClass: DtoClass): ParameterDecorator =>
  createParamDecorator((_: unknown, context: ExecutionContext) => readQuery(dtoClass, recordOf(requestOf(context).query)))();

/** An id as the organization API spells it: with a prefix and without dashes. */
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
type PathIdName = keyof typeof PARSERS;

/** The id in the path, as it is stored. Null if the path has no parameter of this name. A malformed id is a 404. */
const pathIdOf = ({ params }: FastifyRequest, name: PathIdName): string | null => {
  const text = isRecord(params) && Object.hasOwn(params, name) ? params[name] : null;
  if (typeof text !== 'string') return null;
  const id = PARSERS[name](text);
  if (id === null) throw notFound();
  return id;
};

/** For the guard: Nest evaluates parameters in its own order, and the 404 must come before errors in the body. */
export const refuseMalformedIds = (request: FastifyRequest): void => {
  for (const name of ['user_id', 'org_id', 'api_key_id', 'key_id', 'member_id'] as const) pathIdOf(request, name);
};

const pathId = (name: PathIdName): ParameterDecorator =>
  createParamDecorator((_: unknown, context: ExecutionContext): string => {
    const id = pathIdOf(requestOf(context), name);
    if (id === null) throw notFound();
    return id;
  })();

/** Ids in paths, as they are stored. */
export const UserId = (): ParameterDecorator => pathId('user_id');
export const OrgId = (): ParameterDecorator => pathId('org_id');
export const ApiKeyId = (): ParameterDecorator => pathId('api_key_id');
/** Ids as the organization API spells them, `key_…` and `usr_…`. */
export const OrganizationKeyId = (): ParameterDecorator => pathId('key_id');
export const MemberId = (): ParameterDecorator => pathId('member_id');
