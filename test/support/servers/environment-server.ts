import { type Finished, TestedServer } from './tested-server.js';
import { runBuilt } from './built-process.js';

/** A stack that serves many suites, as far as they know it. */
export interface SharedStack {
  readonly origin: string;
  /** What the operator's command line needs to reach it. */
  readonly cliEnvironment: Readonly<Record<string, string>>;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly sharedStack: SharedStack | null;
  }
}

/**
 * One environment of a stack that serves other suites too, with users, keys, settings and a host of its own. For suites that set nothing in a
 * process, stop none and look at none: a stack takes seconds and three servers to start. `test` is the name by which a suite calls its environment.
 */
export class EnvironmentServer extends TestedServer {
  readonly #stack: SharedStack;
  readonly #prefix: string;
  #backendKey = '';

  private constructor(stack: SharedStack) {
    super();
    this.#stack = stack;
    this.#prefix = `suite-${crypto.randomUUID().slice(0, 8)}`;
  }

  static async made(stack: SharedStack): Promise<EnvironmentServer> {
    const server = new EnvironmentServer(stack);
    server.#backendKey = await server.newEnvironment('test');
    return server;
  }

  get origin(): string {
    return this.#stack.origin;
  }
  get authUrl(): string {
    return this.authUrlOf('test');
  }
  get backendKey(): string {
    return this.#backendKey;
  }
  get adminOrigins(): readonly string[] {
    throw new Error('The processes of a shared stack belong to no suite: start one of your own.');
  }
  get everythingPrinted(): string {
    throw new Error('What a shared stack prints belongs to no suite: start one of your own.');
  }

  cli(...args: readonly string[]): Promise<Finished> {
    return runBuilt('cli', args, this.#stack.cliEnvironment);
  }

  /** The environment stays until the stack ends. */
  remove(): Promise<void> {
    return Promise.resolve();
  }

  protected override environmentCalled(name: string): string {
    return `${this.#prefix}-${name}`;
  }
}
