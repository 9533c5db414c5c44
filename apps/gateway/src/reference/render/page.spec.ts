import { describe, expect, it } from 'vitest';
import { openApiDocument } from '../openapi/document.js';
import { html, markdown } from './markup.js';
import { referencePage } from './page.js';

const DOCUMENT = openApiDocument({ version: '1.2.3', serverUrl: '/' });

describe('the reference page', () => {
  it('has each operation and each object of the document once, and no dead link', async () => {
    const page = await referencePage(DOCUMENT);
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    const operationIds = Object.values(DOCUMENT.paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId));
    const objectIds = Object.keys(DOCUMENT.components.schemas).map((name) => `object-${name}`);
    expect(ids).toEqual(expect.arrayContaining([...operationIds, ...objectIds]));
    expect(new Set(ids).size).toBe(ids.length);
    const targets = [...page.matchAll(/ href="#([^"]*)"/g)].map(([, target]) => target);
    expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
  });

  it('names every parameter, body field, permission and status of an operation', async () => {
    const page = await referencePage(DOCUMENT);
    for (const { operationId, parameters, requestBody, responses, ...operation } of Object.values(DOCUMENT.paths).flatMap((item) => Object.values(item))) {
      const section = page.slice(page.indexOf(`<details class="operation" id="${operationId}">`)).split('<details class="operation"')[1] ?? '';
      const properties = Object.values(requestBody?.content ?? {}).flatMap(({ schema }) => Object.keys(schema['properties'] ?? {}));
      for (const name of [...parameters.map((parameter) => parameter.name), ...properties]) expect(section).toContain(`<code class="name">${name}</code>`);
      for (const status of Object.keys(responses)) expect(section).toMatch(new RegExp(`<span class="status[^"]*">${status}</span>`));
      const permission = operation['x-required-permission'];
      if (permission !== undefined) expect(section).toContain(`<dd><strong>${permission}</strong></dd>`);
    }
  });
});

describe('markup', () => {
  it('text never becomes markup, in a template or in Markdown', () => {
    const text = `<img src="x" onerror='a&b'>`;
    expect(html`<p title="${text}">${[text]}</p>`.source).not.toContain('<img');
    expect(html`${text}`.source).toBe('&lt;img src=&quot;x&quot; onerror=&#39;a&amp;b&#39;&gt;');
    expect(markdown(`**bold** ${text}`).source).toBe('<p><strong>bold</strong> &lt;img src=&quot;x&quot; onerror=&#39;a&amp;b&#39;&gt;</p>\n');
  });
  it('markup in a template stays markup', () => {
    expect(html`<ul>${['a', 'b'].map((name) => html`<li>${name}</li>`)}</ul>`.source).toBe('<ul><li>a</li><li>b</li></ul>');
  });
});
