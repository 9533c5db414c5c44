export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TestedOptions {
  /** More variables for every process of the product; `undefined` leaves one out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * The suites' settings: the shortest lease, because what is changed beside a server waits for it, and a limit that no suite
 * reaches.
 */
export const SUITE_SETTINGS: Readonly<Record<string, string>> = { FENCE_LEASE_MS: '1000', PLATFORM_LIMIT_PER_MINUTE: '100000000' };

/** Keyfence as a suite sees it: an address, a backend key of the environment `test`, and the operator's command line. Whatever runs behind it. */
export abstract class TestedServer {
  /** Of the API, without a slash at the end. */
  abstract get origin(): string;
  abstract get authUrl(): string;
  /** The full-access key of the first start. */
  abstract get backendKey(): string;
  /** Where `/metrics`, `/healthz` and `/readyz` are, one for each process. */
  abstract get adminOrigins(): readonly string[];
  /** By every process of the product since the first start, both streams. */
  abstract get everythingPrinted(): string;

  get port(): number {
    return Number(new URL(this.origin).port);
  }

  /** Runs the operator's command line on this deployment. */
  abstract cli(...args: readonly string[]): Promise<Finished>;
  /** Stops everything and removes what it kept. */
  abstract remove(): Promise<void>;

  /** The command line with `--json`; fails the test when the command fails. */
  async cliJson(...args: readonly string[]): Promise<unknown> {
    const { code, stdout, stderr } = await this.cli(...args, '--json');
    if (code !== 0) throw new Error(`keyfence ${args.join(' ')} ended with ${String(code)}:\n${stderr}${stdout}`);
    const parsed: unknown = JSON.parse(stdout);
    return parsed;
  }

  /** What an environment that a suite calls so is called in this deployment. */
  protected environmentCalled(name: string): string {
    return name;
  }

  protected authUrlOf(name: string): string {
    return `https://${this.environmentCalled(name)}.example.test`;
  }

  /** Changes settings of an environment; on return every process goes by them. */
  async changeSettings(changes: Readonly<Record<string, unknown>>, environment = 'test'): Promise<void> {
    const pairs = Object.entries(changes).flatMap(([name, value]) => ['--set', `${name}=${JSON.stringify(value)}`]);
    await this.cliJson('environments', 'settings', '--environment', this.environmentCalled(environment), ...pairs);
  }

  async newBackendKey(permissions: string, environment = 'test'): Promise<string> {
    const called = this.environmentCalled(environment);
    const made = await this.cliJson('backend-keys', 'create', '--name', `suite ${permissions}`, '--permissions', permissions, '--environment', called);
    const key = typeof made === 'object' && made !== null && 'backendKey' in made ? made.backendKey : undefined;
    if (typeof key !== 'string') throw new Error(`No backendKey in ${JSON.stringify(made)}`);
    return key;
  }

  /** An environment beside `test`, with keys, users and settings of its own; resolves to a full-access backend key of it. */
  async newEnvironment(name: string, authUrl = this.authUrlOf(name)): Promise<string> {
    await this.cliJson('environments', 'create', this.environmentCalled(name), '--auth-url', authUrl);
    return this.newBackendKey('full-access', name);
  }
}
