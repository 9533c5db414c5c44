import { type InitialState, type Stack, type StackOptions, startStack } from '@tools/stack';
import { type Finished, SUITE_SETTINGS, TestedServer, type TestedOptions } from './tested-server.js';

/**
 * Longer than that of one process: nothing here waits for it but what has lost a node, and a renewal has a fifth of it. With a second,
 * a busy machine takes longer than that, and requests are undecided.
 */
export const STACK_SETTINGS: typeof SUITE_SETTINGS = { ...SUITE_SETTINGS, FENCE_LEASE_MS: '3000' };

export interface StackServerOptions extends TestedOptions {
  readonly replicas?: StackOptions['replicas'];
  /** Of another build than the one of these sources. */
  readonly distDir?: string;
}

/** Four services as processes, with MongoDB (or what speaks its protocol), NATS and Redis of their own, behind one address. */
export class StackServer extends TestedServer {
  readonly stack: Stack;
  readonly #initial: InitialState;

  private constructor(stack: Stack, initial: InitialState) {
    super();
    this.stack = stack;
    this.#initial = initial;
  }

  static async started({ env, replicas, distDir }: StackServerOptions = {}): Promise<StackServer> {
    const given = Object.entries({ ...STACK_SETTINGS, ...env }).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const stack = await startStack({
      env: Object.fromEntries(given),
      ...(replicas === undefined ? {} : { replicas }),
      ...(distDir === undefined ? {} : { distDir }),
    });
    return StackServer.of(stack);
  }

  /** Of a stack that runs: makes its first environment and backend key. */
  static async of(stack: Stack): Promise<StackServer> {
    try {
      return new StackServer(stack, await stack.init());
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  get origin(): string {
    return this.stack.edgeOrigin;
  }
  get authUrl(): string {
    return this.#initial.authUrl;
  }
  get backendKey(): string {
    return this.#initial.backendKey ?? '';
  }
  get adminOrigins(): readonly string[] {
    return this.stack.replicas.map(({ adminOrigin }) => adminOrigin);
  }
  get everythingPrinted(): string {
    return this.stack.replicas.map(({ everythingPrinted }) => everythingPrinted).join('');
  }

  cli(...args: readonly string[]): Promise<Finished> {
    return this.stack.cli(...args);
  }

  remove(): Promise<void> {
    return this.stack.stop();
  }
}
