import type {
  OpenApiBody,
  OpenApiDocument,
  OpenApiHeader,
  OpenApiMedia,
  OpenApiOperation,
  OpenApiParameter,
  OpenApiResponse,
  PlacedOperation,
} from '../openapi/open-api-types.js';
import { html, inlineMarkdown, markdown, type Markup, NOTHING } from './markup.js';
import { fieldList, propertiesOf, resolved, type Schemas, typeOf } from './schema-fields.js';

type SecuritySchemes = OpenApiDocument['components']['securitySchemes'];

const PARAMETER_TITLES: Readonly<Record<OpenApiParameter['in'], string>> = { path: 'Path', query: 'Query', header: 'Headers', cookie: 'Cookies' };

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));
const sample = (title: string, text: string): Markup => html`<figure><figcaption>${title}</figcaption><pre><code>${text}</code></pre></figure>`;

const samplesOf = (title: string, { example, examples }: OpenApiMedia): readonly Markup[] => [
  ...(example === undefined ? [] : [sample(title, shown(example))]),
  ...Object.entries(examples ?? {}).map(([name, { summary, value }]) => sample(`${title}: ${summary ?? name}`, shown(value))),
];

/** `accessTokenCookie` as "access token cookie". */
const words = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const credentialOf = (names: readonly string[]): string => (names.length === 0 ? 'no credential' : names.map(words).join(' and '));

const factsOf = ({ operation }: PlacedOperation, same: PlacedOperation | undefined): Markup => {
  const permission = operation['x-required-permission'];
  const ways = operation.security.map((requirement) => credentialOf(Object.keys(requirement)));
  return html`<dl class="facts">
<div><dt>Credential</dt><dd>${ways.length === 0 ? 'none' : ways.join(', or ')}</dd></div>
${permission === undefined ? NOTHING : html`<div><dt>Permission</dt><dd><strong>${permission}</strong></dd></div>`}
${same === undefined ? NOTHING : html`<div><dt>Same as</dt><dd><a href="#${same.operation.operationId}"><code>${same.method.toUpperCase()} ${same.path}</code></a></dd></div>`}
</dl>`;
};

const parameterLists = ({ parameters }: OpenApiOperation): readonly Markup[] =>
  Object.entries(PARAMETER_TITLES).map(([place, title]) => {
    const fields = parameters.filter((parameter) => parameter.in === place);
    return fields.length === 0 ? NOTHING : html`<h5>${title}</h5>${fieldList(fields)}`;
  });

const bodyFields = ({ content }: OpenApiBody, operation: OpenApiOperation, schemas: Schemas): readonly Markup[] =>
  Object.entries(content).map(
    ([type, { schema }]) => html`<h5>Body <span class="type">${type}</span></h5>
${fieldList(propertiesOf(resolved(schema, schemas), operation['x-field-permissions']))}`,
  );

const headerList = (headers: Readonly<Record<string, OpenApiHeader>> = {}): Markup =>
  fieldList(Object.entries(headers).map(([name, { description, schema }]) => ({ name, schema, description, required: false })));

const mediaTypes = (response: OpenApiResponse): readonly Markup[] => {
  const media = Object.values(response.content ?? {});
  return media.length === 0 ? [html` <span class="type">empty body</span>`] : media.map(({ schema }) => html` <span class="type">${typeOf(schema)}</span>`);
};

const isSuccess = (status: string): boolean => status.startsWith('2');

const successFields = (
  status: string,
  response: OpenApiResponse,
  schemas: Schemas,
): Markup => html`<h5>Response <span class="status good">${status}</span>${mediaTypes(response)}</h5>
${headerList(response.headers)}${Object.values(response.content ?? {}).map(({ schema }) => fieldList(propertiesOf(resolved(schema, schemas))))}`;

const refusal = (status: string, response: OpenApiResponse): Markup => html`<li>
<p><span class="status">${status}</span>${mediaTypes(response)}</p>
${markdown(response.description)}${headerList(response.headers)}
${Object.values(response.content ?? {}).map((media) => samplesOf(`${status} body`, media))}</li>`;

const refusals = (responses: readonly (readonly [string, OpenApiResponse])[]): Markup =>
  responses.length === 0
    ? NOTHING
    : html`<details class="refusals">
<summary>Errors: ${responses.map(([status]) => status).join(', ')}</summary>
<ul>${responses.map(([status, response]) => refusal(status, response))}</ul>
</details>`;

const examplesOf = ({ operation, method, path }: PlacedOperation): Markup => html`${sample('Request', `${method.toUpperCase()} ${path}`)}
${Object.values(operation.requestBody?.content ?? {}).map((media) => samplesOf('Request body', media))}
${Object.entries(operation.responses)
  .filter(([status]) => isSuccess(status))
  .map(([status, { content }]) => Object.values(content ?? {}).map((media) => samplesOf(`Response ${status}`, media)))}`;

/** One operation, collapsed. `same`: the operation that does the same under another method or path. */
export const operationSection = (placed: PlacedOperation, same: PlacedOperation | undefined, schemas: Schemas): Markup => {
  const { operation, method, path } = placed;
  const responses = Object.entries(operation.responses);
  return html`<details class="operation" id="${operation.operationId}">
<summary><h4><span class="call"><span class="method ${method}">${method.toUpperCase()}</span> <code>${path}</code></span> <span class="does">${inlineMarkdown(operation.summary)}</span></h4></summary>
<div class="inside columns">
<div>
${operation.description === undefined ? NOTHING : html`<div class="about">${markdown(operation.description)}</div>`}
${factsOf(placed, same)}
${parameterLists(operation)}
${operation.requestBody === undefined ? NOTHING : bodyFields(operation.requestBody, operation, schemas)}
${responses.filter(([status]) => isSuccess(status)).map(([status, response]) => successFields(status, response, schemas))}
${refusals(responses.filter(([status]) => !isSuccess(status)))}
</div>
<div class="samples">${examplesOf(placed)}</div>
</div>
</details>`;
};

const schemeUse = (scheme: SecuritySchemes[string]): string =>
  scheme['type'] === 'http'
    ? 'Authorization: Bearer …'
    : `${scheme['in'] === 'cookie' ? 'Cookie: ' : ''}${scheme['name'] ?? ''}${scheme['in'] === 'cookie' ? '=…' : ': …'}`;

export const credentialList = (schemes: SecuritySchemes): Markup =>
  html`<dl class="facts">${Object.entries(schemes).map(
    ([name, scheme]) => html`
<div><dt>${words(name)}</dt><dd><code>${schemeUse(scheme)}</code> ${inlineMarkdown(scheme['description'] ?? '')}</dd></div>`,
  )}</dl>`;
