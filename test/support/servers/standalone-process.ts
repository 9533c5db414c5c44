import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBuilt, runBuilt } from './built-process.js';
import { CapturedOutput } from '@tools/stack';
import { type Finished, SUITE_SETTINGS, TestedServer, type TestedOptions } from './tested-server.js';

export type { Finished } from './tested-server.js';

const LISTENING = /Keyfence is listening on\s+(http:\/\/[^\s]+?)\/?\s/;
const ADMIN = /Metrics and health:\s+(http:\/\/[^\s]+?)\/?\s/;
const AUTH_URL = /Auth URL:\s+(https?:\/\/[^\s]+)\s/;
const BACKEND_KEY = /Backend key:\s+([0-9a-f]{128})\s/;

export interface StandaloneOptions extends TestedOptions {
  /** An existing folder; without it a temporary one is made and removed at the end. */
  readonly dataDir?: string;
  /** Of another build than the one of these sources. */
  readonly distDir?: string | undefined;
}

export const temporaryFolder = (parent = tmpdir()): string => mkdtempSync(join(parent, 'keyfence-test-'));
/** `npm test` keeps the others in memory, where a COMMIT is over before a kill can hit it. */
export const diskFolder = (): string => temporaryFolder(process.env['SUITES_DISK']);

/** Starts a server that is expected to end by itself and waits for its end. */
export const runServerToItsEnd = (env: Readonly<Record<string, string | undefined>>): Promise<Finished> =>
  runBuilt('standalone', [], { ADMIN_PORT: '0', ...env });

/** One standalone server over its whole life: the same data folder through stops, kills and restarts. */
export class StandaloneServer extends TestedServer {
  readonly dataDir: string;
  readonly #ownsFolder: boolean;
  readonly #distDir: string | undefined;
  readonly #env: Readonly<Record<string, string | undefined>>;
  #child: ChildProcess | null = null;
  #ended: Promise<unknown> = Promise.resolve();
  #stdout = new CapturedOutput(null);
  #stderr = new CapturedOutput(null);
  #allOutput = '';
  #origin = '';
  #authUrl = '';
  #backendKey = '';

  constructor(options: StandaloneOptions = {}) {
    super();
    this.#ownsFolder = options.dataDir === undefined;
    this.dataDir = options.dataDir ?? temporaryFolder();
    this.#distDir = options.distDir;
    this.#env = { ...SUITE_SETTINGS, ...options.env };
  }

  static async started(options: StandaloneOptions = {}): Promise<StandaloneServer> {
    const server = new StandaloneServer(options);
    await server.start();
    return server;
  }

  get origin(): string {
    return this.#origin;
  }
  /** Where `/metrics`, `/healthz` and `/readyz` are; it is printed before the server's own address. */
  get adminOrigin(): string {
    return ADMIN.exec(this.stdout)?.[1] ?? '';
  }
  get adminOrigins(): readonly string[] {
    return [this.adminOrigin];
  }
  get authUrl(): string {
    return this.#authUrl;
  }
  /** The full-access key of the first start in this folder; later starts show none. */
  get backendKey(): string {
    return this.#backendKey;
  }
  /** Output of the current (or last) process only. */
  get stdout(): string {
    return this.#stdout.text;
  }
  get stderr(): string {
    return this.#stderr.text;
  }
  /** Output of every process of this folder, both streams. */
  get everythingPrinted(): string {
    return this.#allOutput + this.#stdout.text + this.#stderr.text;
  }

  /** Resolves when the server has printed its address. */
  async start(): Promise<void> {
    if (this.#child !== null) throw new Error('This server is running already.');
    this.#allOutput += this.#stdout.text + this.#stderr.text;
    const child = launchBuilt('standalone', [], { PORT: '0', ADMIN_PORT: '0', DATA_DIR: this.dataDir, ...this.#env }, this.#distDir);
    this.#child = child;
    this.#stdout = new CapturedOutput(child.stdout);
    this.#stderr = new CapturedOutput(child.stderr);
    this.#ended = once(child, 'close').then(() => {
      this.#child = null;
    });
    this.#origin = await this.#printed(LISTENING);
    this.#authUrl = await this.#printed(AUTH_URL);
    if (this.#backendKey === '' && this.#ownsFolder) this.#backendKey = await this.#printed(BACKEND_KEY);
  }

  /** Waits until stdout matches; rejects when the process ends before it does. */
  async waitForStdout(pattern: RegExp): Promise<RegExpExecArray> {
    const match = await this.#stdout.match(pattern);
    if (match === null) throw new Error(`The server ended without printing ${String(pattern)}:\n${this.stdout}\n${this.stderr}`);
    return match;
  }

  /** Sends the signal and waits for the end of the process. */
  async end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<number | null> {
    const child = this.#child;
    if (child === null) return null;
    child.kill(signal);
    await this.#ended;
    return child.exitCode;
  }

  /** Sends the signal without waiting: for tests about what is still in flight. */
  signal(signal: 'SIGTERM' | 'SIGINT'): void {
    this.#child?.kill(signal);
  }

  async waitForEnd(): Promise<number | null> {
    const child = this.#child;
    await this.#ended;
    return child?.exitCode ?? null;
  }

  /** Stops the server and removes its temporary folder. */
  async remove(): Promise<void> {
    await this.end('SIGTERM');
    if (this.#ownsFolder) rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** Runs the operator's command line on this server's data folder, beside it or alone. */
  cli(...args: readonly string[]): Promise<Finished> {
    return runBuilt('cli', args, { DATA_DIR: this.dataDir });
  }

  async #printed(pattern: RegExp): Promise<string> {
    const [, value = ''] = await this.waitForStdout(pattern);
    return value;
  }
}
