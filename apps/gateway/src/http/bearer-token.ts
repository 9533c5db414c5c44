import type { FastifyRequest } from 'fastify';

const BEARER = /^bearer +(\S+)$/i;

/** What follows `Bearer ` in the Authorization header; null: there is nothing of that form. */
export const bearerTokenOf = ({ headers }: Pick<FastifyRequest, 'headers'>): string | null => BEARER.exec(headers.authorization ?? '')?.[1] ?? null;
