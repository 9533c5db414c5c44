import { Controller, Get, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { openApiDocument } from './openapi/document.js';
import type { OpenApiDocument } from './openapi/open-api-types.js';
import { productVersion } from '@app/platform';
import { LimitGuard } from '../entry/limit.js';
import { BuiltFile } from './built-files.js';
import { type PublishedFile, publishedFile, sendPublished } from './cached-answer.js';
import { REFERENCE_POLICY } from './reference-policy.js';
import { referencePage } from './render/page.js';

/** The pages that need no key. They are the same in every environment, and not endpoints themselves. */
export const REFERENCE_PATHS = ['openapi.json', 'reference', 'postman.json'] as const;
const [OPEN_API, PAGE, POSTMAN] = REFERENCE_PATHS;

const JSON_TYPE = 'application/json; charset=utf-8';

const describedApi = (): OpenApiDocument => openApiDocument({ version: productVersion(), serverUrl: '/' });
const renderedPage = async (): Promise<PublishedFile> => publishedFile('text/html; charset=utf-8', await referencePage(describedApi()));

@Controller()
@UseGuards(LimitGuard)
export class ReferenceController {
  readonly #postman = new BuiltFile('postman-collection.json', JSON_TYPE);
  #openApi: PublishedFile | null = null;
  #page: Promise<PublishedFile> | null = null;

  @Get(OPEN_API)
  openApi(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.#openApi ??= publishedFile(JSON_TYPE, JSON.stringify(describedApi()));
    sendPublished(request, reply, this.#openApi);
  }

  @Get(PAGE)
  async page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.#page ??= renderedPage();
    const page = await this.#page;
    void reply.header('content-security-policy', REFERENCE_POLICY).header('referrer-policy', 'no-referrer');
    sendPublished(request, reply, page);
  }

  @Get(POSTMAN)
  async postman(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const file = await this.#postman.published();
    sendPublished(request, reply.header('content-disposition', 'attachment; filename="keyfence.postman_collection.json"'), file);
  }
}
