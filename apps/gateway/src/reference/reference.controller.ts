import { Controller, Get, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { openApiDocument } from '@app/contracts';
import { productVersion } from '@app/platform';
import { PlatformLimitGuard } from '../access/platform-limit.js';
import { BuiltFile } from './built-files.js';
import { type PublishedFile, publishedFile, sendPublished } from './cached-answer.js';
import { REFERENCE_PAGE, REFERENCE_POLICY } from './reference-page.js';

/** What can be read without any key. The same in every environment: no endpoint, but about all of them. */
export const REFERENCE_PATHS = ['openapi.json', 'reference', 'reference/redoc.standalone.js', 'postman.json'] as const;
const [OPEN_API, PAGE, SCRIPT, POSTMAN] = REFERENCE_PATHS;

const JSON_TYPE = 'application/json; charset=utf-8';

@Controller()
@UseGuards(PlatformLimitGuard)
export class ReferenceController {
  readonly #page = publishedFile('text/html; charset=utf-8', REFERENCE_PAGE);
  readonly #script = new BuiltFile('redoc.standalone.js', 'text/javascript; charset=utf-8');
  readonly #postman = new BuiltFile('postman-collection.json', JSON_TYPE);
  #openApi: PublishedFile | null = null;

  @Get(OPEN_API)
  openApi(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.#openApi ??= publishedFile(JSON_TYPE, JSON.stringify(openApiDocument({ version: productVersion(), serverUrl: '/' })));
    sendPublished(request, reply, this.#openApi);
  }

  @Get(PAGE)
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    void reply.header('content-security-policy', REFERENCE_POLICY).header('referrer-policy', 'no-referrer');
    sendPublished(request, reply, this.#page);
  }

  @Get(SCRIPT)
  async script(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendPublished(request, reply, await this.#script.published());
  }

  @Get(POSTMAN)
  async postman(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const file = await this.#postman.published();
    sendPublished(request, reply.header('content-disposition', 'attachment; filename="keyfence.postman_collection.json"'), file);
  }
}
