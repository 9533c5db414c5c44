import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerOf, SupervisedProcess } from '../processes/supervised-process.js';
import type { FoundServer } from './find-server.js';
import { freePort, isFree, LOOPBACK } from './free-port.js';

const START_MS = 30_000;
const GRACE_MS = 5_000;

export interface ServerOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Kept when the server stops. Default: a temporary folder, removed on stop. */
  readonly dataDir?: string;
}

/** How one kind of server is started and asked whether it is there. */
export interface ServerKind {
  readonly program: FoundServer;
  readonly args: (port: number, dataDir: string) => readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly urlOf: (port: number) => string;
  /** Resolves when the server on this port does its work; rejects when it does not (yet). */
  readonly answers: (port: number) => Promise<void>;
}

/** A real server on a loopback port, over its whole life: the same port through stops, kills and restarts. */
export class StackServer {
  readonly name: string;
  readonly version: string;
  readonly host = LOOPBACK;
  readonly port: number;
  readonly url: string;
  readonly #kind: ServerKind;
  readonly #givenDir: string | undefined;
  #dataDir = '';
  #child: SupervisedProcess | null = null;

  private constructor(kind: ServerKind, port: number, dataDir: string | undefined) {
    this.#kind = kind;
    this.#givenDir = dataDir;
    this.port = port;
    this.name = kind.program.name;
    this.version = kind.program.version;
    this.url = kind.urlOf(port);
  }

  static async started(kind: ServerKind, options: ServerOptions): Promise<StackServer> {
    const server = new StackServer(kind, options.port ?? (await freePort()), options.dataDir);
    await server.#start();
    return server;
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }
  get dataDir(): string {
    return this.#dataDir;
  }
  /** What the current (or last) process has printed, both streams. */
  get output(): string {
    return this.#child === null ? '' : this.#child.stderr.text + this.#child.stdout.text;
  }

  /** Ends it properly (SIGKILL after five seconds) and removes its temporary folder. */
  async stop(): Promise<void> {
    await this.#child?.stop(GRACE_MS);
    this.#removeTemporary();
  }

  /** SIGKILL. Its folder stays, so that `restart` finds what a crash would leave. */
  async kill(): Promise<void> {
    await this.#child?.kill();
  }

  /** SIGSTOP: connections stay open and get no answers. */
  pause(): void {
    this.#child?.pause();
  }
  resume(): void {
    this.#child?.resume();
  }

  /** Ends it where it runs and starts it on the same port: with the same data, with none when `empty` or after `stop` of a temporary one. */
  async restart(options: { readonly empty?: boolean } = {}): Promise<void> {
    await this.#child?.stop(GRACE_MS);
    if (options.empty === true) this.#clear();
    await this.#start();
  }

  async #start(): Promise<void> {
    // Another server of the same kind would answer in its place, before this one has noticed that it cannot listen.
    if (!(await isFree(this.port))) throw new Error(`Port ${String(this.port)} is taken, so ${this.name} cannot start on it.`);
    this.#prepareFolder();
    const { program, args, env, answers } = this.#kind;
    const child = new SupervisedProcess({
      name: this.name,
      command: program.path,
      args: [...program.args, ...args(this.port, this.#dataDir)],
      env,
      cwd: this.#dataDir,
    });
    this.#child = child;
    try {
      await answerOf(child, START_MS, () => answers(this.port));
    } catch (error) {
      this.#removeTemporary();
      throw error;
    }
  }

  #prepareFolder(): void {
    if (this.#givenDir !== undefined) {
      this.#dataDir = this.#givenDir;
      mkdirSync(this.#dataDir, { recursive: true, mode: 0o700 });
    } else if (this.#dataDir === '') {
      this.#dataDir = mkdtempSync(join(tmpdir(), 'keyfence-server-'));
    }
  }

  #removeTemporary(): void {
    if (this.#givenDir !== undefined || this.#dataDir === '') return;
    rmSync(this.#dataDir, { recursive: true, force: true });
    this.#dataDir = '';
  }

  #clear(): void {
    if (this.#dataDir === '') return;
    for (const entry of readdirSync(this.#dataDir)) rmSync(join(this.#dataDir, entry), { recursive: true, force: true });
  }
}
