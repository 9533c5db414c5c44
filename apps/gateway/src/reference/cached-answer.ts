import { hash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A file that is the same for every caller until the next release. */
export interface PublishedFile {
  readonly type: string;
  readonly body: string | Buffer;
  /** Changes with the body. */
  readonly etag: string;
}

export const publishedFile = (type: string, body: string | Buffer): PublishedFile => ({ type, body, etag: `"${hash('sha256', body, 'base64url')}"` });

const isKnown = ({ headers }: FastifyRequest, etag: string): boolean =>
  (headers['if-none-match'] ?? '').split(',').some((known) => known.trim() === '*' || known.trim().replace(/^W\//, '') === etag);

/** Sends the file, or 304 if the client has it already. Clients ask each time, because a release may change it. */
export const sendPublished = (request: FastifyRequest, reply: FastifyReply, { type, body, etag }: PublishedFile): void => {
  void reply.header('cache-control', 'public, no-cache').header('etag', etag).header('x-content-type-options', 'nosniff');
  if (isKnown(request, etag)) void reply.code(304).send();
  else void reply.type(type).send(body);
};
