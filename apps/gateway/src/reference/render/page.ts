import { setImmediate } from 'node:timers/promises';
import type { OpenApiDocument, OpenApiMethod, PlacedOperation } from '../openapi/open-api-types.js';
import { html, inlineMarkdown, markdown, Markup, NOTHING } from './markup.js';
import { credentialList, operationSection } from './operation-section.js';
import { SCRIPT } from './page-script.js';
import { STYLE } from './page-style.js';
import { objectSection, type Schemas } from './schema-fields.js';

const METHODS: readonly OpenApiMethod[] = ['get', 'post', 'put', 'patch', 'delete'];

interface TagGroup {
  readonly name: string;
  readonly tags: readonly { readonly name: string; readonly description: string; readonly operations: readonly PlacedOperation[] }[];
}

const operationsOf = ({ paths }: OpenApiDocument): readonly PlacedOperation[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [{ path, method, operation }];
    }),
  );

const groupsOf = (document: OpenApiDocument, operations: readonly PlacedOperation[]): readonly TagGroup[] =>
  document['x-tagGroups'].map(({ name, tags }) => ({
    name,
    tags: document.tags
      .filter((tag) => tags.includes(tag.name))
      .map((tag) => ({ ...tag, operations: operations.filter(({ operation }) => operation.tags.includes(tag.name)) })),
  }));

const tagId = (name: string): string => `tag-${name.toLowerCase().replaceAll(' ', '-')}`;

const contents = (groups: readonly TagGroup[]): Markup => html`<nav aria-label="Contents">
<p class="group">Start</p>
<ul><li><a class="tag" href="#introduction">Introduction</a></li><li><a class="tag" href="#credentials">Credentials</a></li></ul>
${groups.map(
  ({ name, tags }) => html`<p class="group">${name}</p>
<ul>${tags.map(
    (tag) => html`<li><a class="tag" href="#${tagId(tag.name)}">${tag.name}</a>
<ul class="operations">${tag.operations.map(({ operation, method }) => html`<li data-operation="${operation.operationId}"><a href="#${operation.operationId}"><span class="method ${method}">${method.toUpperCase()}</span> ${inlineMarkdown(operation.summary)}</a></li>`)}</ul></li>`,
  )}</ul>`,
)}
<p class="group">Responses</p>
<ul><li><a class="tag" href="#objects">Objects</a></li></ul>
</nav>`;

type Sections = ReadonlyMap<PlacedOperation, Markup>;

/** Pauses after each section: all together take about a tenth of a second of CPU time, and other calls must not wait that long. */
const operationSections = async (operations: readonly PlacedOperation[], schemas: Schemas): Promise<Sections> => {
  const byId = new Map(operations.map((placed) => [placed.operation.operationId, placed]));
  const sections = new Map<PlacedOperation, Markup>();
  for (const placed of operations) {
    sections.set(placed, operationSection(placed, byId.get(placed.operation['x-same-as'] ?? ''), schemas));
    await setImmediate();
  }
  return sections;
};

const groupSection = ({ name, tags }: TagGroup, sections: Sections): Markup => html`<section class="searched">
<h2>${name}</h2>
${tags.map(
  (tag) => html`<section class="searched" id="${tagId(tag.name)}">
<h3>${tag.name}</h3>
<p>${inlineMarkdown(tag.description)}</p>
${tag.operations.map((placed) => sections.get(placed) ?? NOTHING)}
</section>`,
)}
</section>`;

const main = (document: OpenApiDocument, groups: readonly TagGroup[], sections: Sections): Markup => {
  const { schemas, securitySchemes } = document.components;
  return html`<main id="main">
<section id="introduction">
<h1>${document.info.title} API reference <span class="version">${document.info.version}</span></h1>
${markdown(document.info.description)}
<p><a href="/openapi.json">OpenAPI document</a> · <a href="/postman.json">Postman collection</a></p>
</section>
<section id="credentials"><h2>Credentials</h2>${credentialList(securitySchemes)}</section>
${groups.map((group) => groupSection(group, sections))}
<section class="searched" id="objects"><h2>Objects</h2>${Object.entries(schemas).map(([name, schema]) => objectSection(name, schema))}</section>
</main>`;
};

/** The whole reference as one document that loads nothing else. Without scripts only the search is missing. */
export const referencePage = async (document: OpenApiDocument): Promise<string> => {
  const operations = operationsOf(document);
  const groups = groupsOf(document, operations);
  const sections = await operationSections(operations, document.components.schemas);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${document.info.title} API reference</title>
<link rel="icon" href="data:,">
<style>${new Markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<div class="side">
<p class="brand">${document.info.title}</p>
<search hidden><input type="search" id="search" aria-label="Search operations and objects" placeholder="Search" autocomplete="off" spellcheck="false"><p id="found" role="status"></p></search>
${contents(groups)}
</div>
${main(document, groups, sections)}
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`.source;
};
