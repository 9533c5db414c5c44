import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { neededServer } from '@tools/stack';
import { type Browser, type BrowserContext, launch, type Page } from 'puppeteer-core';

const program = (): string => process.env['CHROMIUM_PATH'] ?? neededServer('chromium').path;

// Nothing may be fetched from outside: not by the pages, whose names all end in localhost, and not by the browser itself.
const FLAGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-domain-reliability',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1',
];

/** A real browser, with a profile of its own that goes with it. */
export class Chromium {
  readonly #browser: Browser;
  readonly #profile: string;

  private constructor(browser: Browser, profile: string) {
    this.#browser = browser;
    this.#profile = profile;
  }

  static async started(): Promise<Chromium> {
    const profile = mkdtempSync(join(tmpdir(), 'keyfence-browser-'));
    return new Chromium(await launch({ executablePath: program(), headless: true, userDataDir: profile, args: FLAGS }), profile);
  }

  /** With cookies of its own, as another person's browser. */
  newEndUser(): Promise<BrowserContext> {
    return this.#browser.createBrowserContext();
  }

  async close(): Promise<void> {
    await this.#browser.close();
    rmSync(this.#profile, { recursive: true, force: true });
  }
}

/** Shows a page of ours; resolves when its program has run. */
export const openPage = async (endUser: BrowserContext, url: string): Promise<Page> => {
  const page = await endUser.newPage();
  await page.goto(url);
  await page.waitForSelector('#ready');
  return page;
};

/** Calls what the page's program offers, in the page. */
export const inPage = (page: Page, name: string, ...args: readonly unknown[]): Promise<unknown> =>
  page.evaluate(`window.page[${JSON.stringify(name)}](...${JSON.stringify(args)})`);
