import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutputLog } from './output-log.js';

const ROOT = join(import.meta.dirname, '../..');
const SERVER = join(ROOT, 'dist/apps/standalone/apps/standalone/src/main.js');
const CLI = join(ROOT, 'dist/apps/cli/apps/cli/src/main.js');

const LISTENING = /Keyfence is listening on\s+(http:\/\/[^\s]+?)\/?\s/;
const ADMIN = /Metrics and health:\s+(http:\/\/[^\s]+?)\/?\s/;
const AUTH_URL = /Auth URL:\s+(https?:\/\/[^\s]+)\s/;
const BACKEND_KEY = /Backend key:\s+([0-9a-f]{128})\s/;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StandaloneOptions {
  /** An existing folder; without it a temporary one is made and removed at the end. */
  readonly dataDir?: string;
  /** Overrides of the suites' settings; `undefined` leaves a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'keyfence-test-'));

// Whatever the person at the terminal has in the environment must not change what a suite sees.
const cleanEnvironment = (overrides: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  TMPDIR: process.env['TMPDIR'],
  ...overrides,
});

const launch = (entry: string, args: readonly string[], env: Readonly<Record<string, string | undefined>>): ChildProcess => {
  if (!existsSync(entry)) throw new Error(`${entry} is missing: run "npm run build" first.`);
  const child = spawn(process.execPath, [entry, ...args], { cwd: ROOT, env: cleanEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  // A worker that ends in the middle of a test, or is dropped by the runner, must not leave a server behind.
  const reap = (): void => void child.kill('SIGKILL');
  for (const end of ['exit', 'disconnect'] as const) process.once(end, reap);
  child.once('exit', () => { for (const end of ['exit', 'disconnect'] as const) process.removeListener(end, reap); });
  return child;
};

const collect = async (child: ChildProcess): Promise<Finished> => {
  const stdout = new OutputLog(child.stdout);
  const stderr = new OutputLog(child.stderr);
  await once(child, 'close');
  return { code: child.exitCode, stdout: stdout.text, stderr: stderr.text };
};

/** Starts a server that is expected to end by itself and waits for its end. */
export const runServerToItsEnd = (env: Readonly<Record<string, string | undefined>>): Promise<Finished> =>
  collect(launch(SERVER, [], { ADMIN_PORT: '0', ...env }));

/** One standalone server over its whole life: the same data folder through stops, kills and restarts. */
export class StandaloneServer {
  readonly dataDir: string;
  readonly #ownsFolder: boolean;
  readonly #env: Readonly<Record<string, string | undefined>>;
  #child: ChildProcess | null = null;
  #ended: Promise<unknown> = Promise.resolve();
  #stdout = new OutputLog(null);
  #stderr = new OutputLog(null);
  #allOutput = '';
  #origin = '';
  #authUrl = '';
  #backendKey = '';

  constructor(options: StandaloneOptions = {}) {
    this.#ownsFolder = options.dataDir === undefined;
    this.dataDir = options.dataDir ?? temporaryFolder();
    // The shortest lease: changes made by the CLI beside a running server wait for it. A limit that no suite reaches.
    this.#env = { FENCE_LEASE_MS: '1000', PLATFORM_LIMIT_PER_MINUTE: '100000000', ...options.env };
  }

  static async started(options: StandaloneOptions = {}): Promise<StandaloneServer> {
    const server = new StandaloneServer(options);
    await server.start();
    return server;
  }

  get origin(): string { return this.#origin; }
  get port(): number { return Number(new URL(this.#origin).port); }
  /** Where `/metrics`, `/healthz` and `/readyz` are; it is printed before the server's own address. */
  get adminOrigin(): string { return ADMIN.exec(this.stdout)?.[1] ?? ''; }
  get authUrl(): string { return this.#authUrl; }
  /** The full-access key of the first start in this folder; later starts show none. */
  get backendKey(): string { return this.#backendKey; }
  /** Output of the current (or last) process only. */
  get stdout(): string { return this.#stdout.text; }
  get stderr(): string { return this.#stderr.text; }
  /** Output of every process of this folder, both streams. */
  get everythingPrinted(): string { return this.#allOutput + this.#stdout.text + this.#stderr.text; }

  /** Resolves when the server has printed its address. */
  async start(): Promise<void> {
    if (this.#child !== null) throw new Error('This server is running already.');
    this.#allOutput += this.#stdout.text + this.#stderr.text;
    const child = launch(SERVER, [], { PORT: '0', ADMIN_PORT: '0', DATA_DIR: this.dataDir, ...this.#env });
    this.#child = child;
    this.#stdout = new OutputLog(child.stdout);
    this.#stderr = new OutputLog(child.stderr);
    this.#ended = once(child, 'close').then(() => { this.#child = null; });
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
    return collect(launch(CLI, args, { DATA_DIR: this.dataDir }));
  }

  /** The same with `--json`; fails the test when the command fails. */
  async cliJson(...args: readonly string[]): Promise<unknown> {
    const { code, stdout, stderr } = await this.cli(...args, '--json');
    if (code !== 0) throw new Error(`keyfence ${args.join(' ')} ended with ${String(code)}:\n${stderr}${stdout}`);
    const parsed: unknown = JSON.parse(stdout);
    return parsed;
  }

  /** Changes settings of the environment `test`; on return the running server goes by them. */
  async changeSettings(changes: Readonly<Record<string, unknown>>): Promise<void> {
    const pairs = Object.entries(changes).flatMap(([name, value]) => ['--set', `${name}=${JSON.stringify(value)}`]);
    await this.cliJson('environments', 'settings', '--environment', 'test', ...pairs);
  }

  /** Makes another backend key of the environment `test`. */
  async newBackendKey(permissions: string): Promise<string> {
    const made = await this.cliJson('backend-keys', 'create', '--name', `suite ${permissions}`, '--permissions', permissions, '--environment', 'test');
    const key = typeof made === 'object' && made !== null && 'backendKey' in made ? made.backendKey : undefined;
    if (typeof key !== 'string') throw new Error(`No backendKey in ${JSON.stringify(made)}`);
    return key;
  }

  async #printed(pattern: RegExp): Promise<string> {
    const [, value = ''] = await this.waitForStdout(pattern);
    return value;
  }
}
