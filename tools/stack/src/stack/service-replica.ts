import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { answerOf, SupervisedProcess } from '../processes/supervised-process.js';
import { projectFolder } from '../project-folder.js';
import { LOOPBACK } from '../servers/free-port.js';
import { isPublic, type ReplicaPlace, type ServiceName } from './service-environment.js';

const READY_MS = 60_000;
const ASK_MS = 2_000;
/** As in docker-compose.yml. */
const GRACE_MS = 20_000;

/** What was built of an app, by default in the project's `dist`. */
export const builtEntry = (app: string, distDir = join(projectFolder(), 'dist')): string => {
  const entry = join(distDir, app, 'main.js');
  if (!existsSync(entry)) throw new Error(`${entry} is missing: run "npm run build" first.`);
  return entry;
};

/** One process of a service over its whole life: the same addresses and settings through stops, kills and restarts. */
export class ServiceReplica {
  readonly service: ServiceName;
  readonly name: string;
  readonly adminOrigin: string;
  /** The address of its API; null for services that only speak NATS. */
  readonly origin: string | null;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #distDir: string | undefined;
  #child: SupervisedProcess | null = null;
  #earlierOutput = '';

  constructor(place: ReplicaPlace, env: Readonly<Record<string, string | undefined>>, distDir?: string) {
    this.service = place.service;
    this.name = place.name;
    this.adminOrigin = `http://${LOOPBACK}:${String(place.adminPort)}`;
    this.origin = isPublic(place.service) ? `http://${LOOPBACK}:${String(place.port)}` : null;
    this.#env = env;
    this.#distDir = distDir;
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }
  get isRunning(): boolean {
    return this.#child !== null && !this.#child.isOver;
  }
  get exitCode(): number | null {
    return this.#child?.exitCode ?? null;
  }
  /** Of the current (or last) process. */
  get stdout(): string {
    return this.#child?.stdout.text ?? '';
  }
  get stderr(): string {
    return this.#child?.stderr.text ?? '';
  }
  /** Of all its processes, both streams. */
  get everythingPrinted(): string {
    return this.#earlierOutput + this.stdout + this.stderr;
  }
  /** Resolves when the current process has ended, by itself or not. */
  get ended(): Promise<void> {
    return this.#child?.ended ?? Promise.resolve();
  }
  get lastWords(): string {
    return this.#child?.lastWords ?? `${this.name} was never started.`;
  }

  /** Starts the process and does not wait for it: while a server is down it is not ready, and that may be what is tested. */
  launch(): void {
    if (this.isRunning) throw new Error(`${this.name} is running already.`);
    this.#earlierOutput += this.stdout + this.stderr;
    this.#child = new SupervisedProcess({
      name: this.name,
      command: process.execPath,
      args: ['--enable-source-maps', builtEntry(this.service, this.#distDir)],
      env: this.#env,
      cwd: projectFolder(),
    });
  }

  /** Resolves when it says that it is ready; rejects with its last words when it ends before or is not within `deadlineMs`. */
  async ready(deadlineMs = READY_MS): Promise<void> {
    const child = this.#child;
    if (child === null) throw new Error(`${this.name} was never started.`);
    await answerOf(child, deadlineMs, async () => {
      const answer = await fetch(`${this.adminOrigin}/readyz`, { signal: AbortSignal.timeout(ASK_MS) });
      await answer.arrayBuffer();
      if (answer.status !== 200) throw new Error('not ready');
    });
  }

  async start(): Promise<void> {
    this.launch();
    await this.ready();
  }

  /** SIGTERM, and SIGKILL after twenty seconds. */
  async stop(): Promise<void> {
    await this.#child?.stop(GRACE_MS);
  }
  async kill(): Promise<void> {
    await this.#child?.kill();
  }
  pause(): void {
    this.#child?.pause();
  }
  resume(): void {
    this.#child?.resume();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }
}
