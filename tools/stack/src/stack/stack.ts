import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeploymentFiles } from '../deployment/deployment-files.js';
import { startSecuredNats, startSecuredRedis } from '../deployment/secured-servers.js';
import { Edge } from '../edge/edge.js';
import { SupervisedProcess } from '../processes/supervised-process.js';
import { projectFolder } from '../project-folder.js';
import { freePort } from '../servers/free-port.js';
import { startMongo } from '../servers/mongo-server.js';
import { serverPorts } from './server-ports.js';
import { type AddressOf, cliEnvironment, environmentOf, type ServiceName, SERVICES, type StackServers } from './service-environment.js';
import { builtEntry, ServiceReplica } from './service-replica.js';

export interface StackOptions {
  /** Kept when the stack stops, and found again by the next one. Default: a temporary folder, removed on stop. */
  readonly dataDir?: string;
  /** How many processes of each service. Default one each. */
  readonly replicas?: Partial<Readonly<Record<ServiceName, number>>>;
  /** Default: a free one. */
  readonly edgePort?: number;
  /** More variables for every service, such as `FENCE_LEASE_MS`; each service reads those that are meant for it. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where the services were built; the command line is the project's own. Default: the project's `dist`. */
  readonly distDir?: string;
  /** Puts something between a process and a server. Default: nothing. Asked once per process and server. */
  readonly addressOf?: AddressOf;
  /** For the person at the terminal. */
  readonly say?: (text: string) => void;
}

/** What the first start made and later ones find; `backendKey` is shown once. */
export interface InitialState {
  readonly environment: string;
  readonly authUrl: string;
  readonly backendKey: string | null;
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const EDGE_GRACE_MS = 5_000;
const CLI_MS = 90_000;

interface StackParts {
  readonly options: StackOptions;
  readonly dataDir: string;
  readonly files: DeploymentFiles;
  readonly servers: StackServers;
}

/** The whole system as processes of this machine: three servers, the replicas of four services, an edge. */
export class Stack {
  readonly servers: StackServers;
  readonly files: DeploymentFiles;
  readonly dataDir: string;
  readonly edge: Edge;
  readonly #options: StackOptions;
  readonly #addressOf: AddressOf;
  readonly #replicas: ServiceReplica[] = [];
  readonly #counts: Record<ServiceName, number> = { keys: 0, directory: 0, validation: 0, gateway: 0 };

  constructor({ options, dataDir, files, servers }: StackParts) {
    this.#options = options;
    this.#addressOf = options.addressOf ?? (({ url }) => url);
    this.dataDir = dataDir;
    this.files = files;
    this.servers = servers;
    this.edge = new Edge({ gateway: () => this.#runningOrigins('gateway'), validation: () => this.#runningOrigins('validation') });
  }

  get edgeOrigin(): string {
    return this.edge.origin;
  }
  get replicas(): readonly ServiceReplica[] {
    return this.#replicas;
  }

  replicasOf(service: ServiceName): readonly ServiceReplica[] {
    return this.#replicas.filter((replica) => replica.service === service);
  }

  /** The replica by its name, such as `keys-1`. */
  replica(name: string): ServiceReplica {
    const found = this.#replicas.find((replica) => replica.name === name);
    if (found === undefined) throw new Error(`There is no replica ${name}.`);
    return found;
  }

  /** One more process of a service, known to the edge; `start` or `launch` it. `env` wins over the stack's. */
  async addReplica(service: ServiceName, env: Readonly<Record<string, string>> = {}): Promise<ServiceReplica> {
    this.#counts[service] += 1;
    const place = { service, name: `${service}-${String(this.#counts[service])}`, port: await freePort(), adminPort: await freePort() };
    const own = await environmentOf(place, this.servers, this.files, this.#addressOf);
    const replica = new ServiceReplica(place, { ...own, ...this.#options.env, ...env }, this.#options.distDir);
    this.#replicas.push(replica);
    return replica;
  }

  /** The variables with which the operator's command line reaches this stack. */
  cliEnvironment(): Promise<Readonly<Record<string, string>>> {
    return cliEnvironment(this.servers, this.files, this.#addressOf);
  }

  /** Runs the operator's command line against this stack and waits for its end. */
  async cli(...args: readonly string[]): Promise<Finished> {
    const env = await this.cliEnvironment();
    const child = new SupervisedProcess({
      name: 'keyfence',
      command: process.execPath,
      args: ['--enable-source-maps', builtEntry('cli'), ...args],
      env,
      cwd: projectFolder(),
    });
    const late = setTimeout(() => void child.kill(), CLI_MS);
    await child.ended;
    clearTimeout(late);
    return { code: child.exitCode, stdout: child.stdout.text, stderr: child.stderr.text };
  }

  /** Makes the first environment and its first backend key where there is none. Throws with what the command line said. */
  async init(): Promise<InitialState> {
    const { code, stdout, stderr } = await this.cli('init', '--json');
    if (code !== 0) throw new Error(`keyfence init ended with ${String(code)}:\n${stderr}${stdout}`);
    return JSON.parse(stdout) as InitialState;
  }

  /** Starts all that was asked for and resolves when every process is ready and the edge listens. */
  async start(): Promise<void> {
    const { replicas = {}, edgePort = 0, say = () => {} } = this.#options;
    for (const service of SERVICES) {
      for (let count = replicas[service] ?? 1; count > 0; count -= 1) await this.addReplica(service);
    }
    for (const replica of this.#replicas) replica.launch();
    await Promise.all(this.#replicas.map((replica) => replica.ready()));
    await this.edge.listen(edgePort);
    say(`${String(this.#replicas.length)} processes are ready.\n`);
  }

  /** The edge first, then the services behind it, then those that decide, then the servers: the reverse would drop answers that were promised. */
  async stop(): Promise<void> {
    await this.edge.close(EDGE_GRACE_MS);
    for (const services of [['gateway', 'validation'], ['directory'], ['keys']]) {
      await Promise.all(this.#replicas.filter(({ service }) => services.includes(service)).map((replica) => replica.stop()));
    }
    await Promise.all(Object.values(this.servers).map((server) => server.stop()));
    if (this.#options.dataDir === undefined) rmSync(this.dataDir, { recursive: true, force: true });
  }

  #runningOrigins(service: ServiceName): readonly string[] {
    return this.replicasOf(service).flatMap(({ isRunning, origin }) => (isRunning && origin !== null ? [origin] : []));
  }
}

const startServers = async (dataDir: string, files: DeploymentFiles): Promise<StackServers> => {
  const ports = await serverPorts(dataDir);
  const place = (name: keyof typeof ports): { port: number; dataDir: string } => ({ port: ports[name], dataDir: join(dataDir, name) });
  const started = await Promise.allSettled([startSecuredNats(files, place('nats')), startMongo(place('mongo')), startSecuredRedis(files, place('redis'))]);
  const [nats, mongo, redis] = started;
  if (nats.status === 'fulfilled' && mongo.status === 'fulfilled' && redis.status === 'fulfilled')
    return { nats: nats.value, mongo: mongo.value, redis: redis.value };
  await Promise.all(started.flatMap((one) => (one.status === 'fulfilled' ? [one.value.stop()] : [])));
  throw new Error(started.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : [])).join('\n'));
};

/** Starts servers and services and resolves when all are ready; on failure nothing is left running. Needs `npm run build` and `npm run stack:install`. */
export const startStack = async (options: StackOptions = {}): Promise<Stack> => {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'keyfence-stack-'));
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const files = new DeploymentFiles(join(dataDir, 'secrets'));
  const servers = await startServers(dataDir, files);
  const stack = new Stack({ options, dataDir, files, servers });
  try {
    await stack.start();
    return stack;
  } catch (error) {
    await stack.stop();
    throw error;
  }
};
