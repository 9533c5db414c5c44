import type { BrowserContext, Page } from 'puppeteer-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { StandaloneServer } from '@test/support/servers/standalone-process.js';
import { Chromium } from './chromium.js';

let server: StandaloneServer;
let chromium: Chromium;
beforeAll(async () => {
  [server, chromium] = await Promise.all([StandaloneServer.started(), Chromium.started()]);
}, 120_000);
afterAll(async () => {
  await chromium?.close();
  await server?.remove();
});

let endUser: BrowserContext;
let page: Page;
/** What the browser says on its console, refusals of the policy among it, and errors of the page's script. */
let complaints: string[];
let requested: string[];
beforeEach(async () => {
  complaints = [];
  requested = [];
  endUser = await chromium.newEndUser();
  page = await endUser.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => requested.push(request.url()));
  await page.goto(`${server.origin}/reference`);
  return () => endUser.close();
});

const texts = (selector: string): Promise<readonly string[]> => page.$$eval(selector, (found) => found.map((element) => element.textContent?.trim() ?? ''));
const visible = (selector: string): Promise<readonly string[]> =>
  page.$$eval(selector, (found) => found.filter((element) => element.checkVisibility()).map((element) => element.id));
const isOpen = (id: string): Promise<boolean> => page.$eval(`#${id}`, (element) => element.hasAttribute('open'));

it('a browser shows the headings of all four APIs, refuses nothing on the page, and asks for the page alone', async () => {
  expect(await texts('main h2, main section section > h3')).toEqual(expect.arrayContaining(['Backend API', 'Organization API', 'Frontend API', 'Sessions']));
  expect(await page.evaluate('getComputedStyle(document.body).display')).toBe('grid');
  expect(complaints).toEqual([]);
  expect(requested.filter((url) => !url.startsWith('data:'))).toEqual([`${server.origin}/reference`]);
});

it('an operation that is opened shows its fields, the permission it requires, and those of single fields', async () => {
  await page.click('#update-organization > summary');
  expect(await isOpen('update-organization')).toBe(true);
  expect(await texts('#update-organization .facts dd')).toContain('Update Organizations');
  expect(await texts('#update-organization .fields .name')).toEqual(expect.arrayContaining(['org_id', 'metadata', 'max_users']));
  expect(await texts('#update-organization .fields li')).toContainEqual(
    expect.stringMatching(/^max_users[^]*Needs the permission Update Organization Limits as well\.$/),
  );
});

it('a link to an operation opens it, and the search hides what it does not find', async () => {
  await page.click('nav a[href="#delete-api-key"]');
  await page.waitForSelector('#delete-api-key[open]');
  await page.type('#search', 'archived nonsense');
  expect(await visible('main details.operation')).toEqual([]);
  await page.click('#search', { count: 3 });
  await page.type('#search', 'archived');
  expect(await visible('main details.operation')).toEqual(['fetch-api-key', 'list-archived-api-keys']);
  expect(await texts('#found')).toEqual(['2 found']);
});

it('a narrow window has nothing that is wider than it', async () => {
  await page.setViewport({ width: 320, height: 640 });
  await page.$$eval('details', (all) => {
    for (const one of all) one.setAttribute('open', '');
  });
  expect(await page.$eval('html', (root) => root.scrollWidth)).toBe(320);
});
