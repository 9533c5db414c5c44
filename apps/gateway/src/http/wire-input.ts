import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type DtoClass, readBody, readQuery } from '@app/http-api';
import { notFound } from '@app/domain';
import { jsonBodyOf } from './json-body.js';
import { type PathIdName, pathIdOf } from './path-ids.js';

const requestOf = (context: ExecutionContext): FastifyRequest => context.switchToHttp().getRequest<FastifyRequest>();

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
const recordOf = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});

// Decorators of parameters, not pipes: they run after the guards, so nobody learns what is wrong with a request that may not be made.

/** The body as this class has it; 400 names every wrong field. */
export const WireBody = (dtoClass: DtoClass): ParameterDecorator =>
  createParamDecorator((_: unknown, context: ExecutionContext) => readBody(dtoClass, jsonBodyOf(requestOf(context))))();

/** The query string as this class has it. */
export const WireQuery = (dtoClass: DtoClass): ParameterDecorator =>
  createParamDecorator((_: unknown, context: ExecutionContext) => readQuery(dtoClass, recordOf(requestOf(context).query)))();

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
/** Ids in the spelling of the organization API, `key_…` and `usr_…`. */
export const OrganizationKeyId = (): ParameterDecorator => pathId('key_id');
export const MemberId = (): ParameterDecorator => pathId('member_id');
