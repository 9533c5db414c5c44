import { readFileSync } from 'node:fs';
import { KEYS } from '@test/support/clients/backend-api.js';
import { askTheAdminAddress } from './admin-scenario.js';
import { CanaryClient } from './canary-client.js';
import { exerciseEndpoints } from './endpoint-scenario.js';
import { CALLS_ALLOWED, FaultRequests } from './faulty-server.js';
import { describedHeap } from './heap-snapshot.js';
import { type Controls, exerciseKeys, exerciseTheCli, PREFIX } from './key-scenario.js';
import { DEPLOYMENT_SECRET, PlantedSecrets } from './planted-secrets.js';
import { provokeRefusals } from './refusal-scenario.js';
import { described, type Finding, SecretSearch } from './secret-search.js';
import { WatchedStack } from './watched-stack.js';
import { exerciseTheWire } from './wire-scenario.js';

type Lines = readonly string[];

/** Where secrets were found, a line each. */
export interface StackFound {
  readonly files: Lines;
  readonly wires: Lines;
  readonly processes: Lines;
  readonly heaps: Lines;
  readonly answers: Lines;
  readonly printed: Lines;
}
/** What shows that everything was done, and that the searches looked where they should. */
export interface StackShown {
  readonly endpoints: Lines;
  readonly refusals: Lines;
  readonly statuses: readonly number[];
  readonly planted: number;
  /** Where what is not a secret was found: names of files, servers and processes. */
  readonly controls: { readonly files: Lines; readonly events: Lines; readonly wires: Lines; readonly heaps: Lines };
  readonly printed: string;
}

/** What authenticates a caller, and what keeps the stores sealed. A password goes to directory to be hashed, and an access token comes from there. */
const NEVER_SAID =
  /^(?:token issued by|imported |token of a forbidden import|first backend key|backend key |token given to the command line|secret of the deployment)/;
/** What a caller wrote where no secret belongs is asked for as it was given: in a query, it may be a name. */
const neverSaid = ({ kind }: Finding): boolean => NEVER_SAID.test(kind);

/** The scenarios of the canary on four services, and every search of what they left behind. */
export class StackRun {
  readonly #planted = new PlantedSecrets();
  readonly #watched: WatchedStack;
  readonly #clients: CanaryClient[] = [];
  #cliPrinted = '';
  #controls: Controls = { name: '', deep: '' };

  /** `distDir`: of a build with `FAULTS`. */
  constructor(logLevel: string, distDir: string) {
    this.#watched = new WatchedStack({ logLevel, distDir, limitedTo: CALLS_ALLOWED });
  }

  async report(): Promise<{ readonly found: StackFound; readonly shown: StackShown }> {
    const watched = this.#watched;
    try {
      await watched.start();
      const done = await this.#exercise();
      const heaps = await this.#inHeaps();
      const processes = this.#inProc();
      await watched.dumpRedis();
      const files = this.#inFiles('running');
      await watched.end();
      const printed = [watched.server.everythingPrinted, this.#cliPrinted].join('\n');
      return {
        found: {
          files: [...files, ...this.#inFiles('stopped')],
          wires: this.#onWires(),
          processes,
          heaps: heaps.found,
          printed: described('what was printed', this.#planted.search.inText(printed)),
          answers: this.#clients.flatMap((one) => one.leaks()),
        },
        shown: {
          ...done,
          planted: this.#planted.count,
          printed,
          statuses: [...new Set(this.#clients.flatMap(({ answers }) => answers.map(({ status }) => status)))],
          controls: {
            files: this.#controlled(watched.files()),
            events: this.#controlled(watched.files(), 'api-key.issued'),
            wires: [...new Set(this.#controlled(watched.wires()))],
            heaps: heaps.controls,
          },
        },
      };
    } finally {
      await watched.remove();
    }
  }

  async #exercise(): Promise<{ readonly endpoints: Lines; readonly refusals: Lines }> {
    const { server } = this.#watched;
    const backendKey = this.#planted.plant('first backend key', server.backendKey);
    for (const [name, bytes] of this.#watched.files()) if (this.#isSecret(name)) this.#planted.deploymentSecrets(bytes.toString());
    const client = this.#clientAt(this.#watched.port, backendKey);
    const powerless = this.#planted.plant('backend key without rights', await server.newBackendKey('Send Email Confirmations'));
    await new FaultRequests(client).fail();
    const endpoints = await exerciseEndpoints(client, powerless, 'one way each');
    await exerciseTheWire(client);
    this.#cliPrinted = await exerciseTheCli(client, server);
    await server.changeSettings({ backendTokenPrefix: PREFIX });
    this.#controls = await exerciseKeys(client);
    await this.#watched.startLimited();
    const limited = new FaultRequests(this.#clientAt(this.#watched.limitedPort, backendKey));
    const faulty = { failInAService: () => new FaultRequests(client).failInAService(), callTooOften: () => limited.callTooOften() };
    const refusals = await provokeRefusals({ client, faulty, powerless, server });
    for (const { adminOrigin } of this.#watched.processes) this.#clients.push((await askTheAdminAddress(adminOrigin, this.#planted, backendKey)).client);
    await this.#beHarmless(client, limited.client);
    return { endpoints, refusals };
  }

  #clientAt(port: number, backendKey: string): CanaryClient {
    const client = new CanaryClient(port, this.#planted, backendKey, this.#watched.server.authUrl);
    this.#clients.push(client);
    return client;
  }

  /** What a regular expression matched last, and the message that was read last, stay reachable until the next one. */
  async #beHarmless(...clients: readonly CanaryClient[]): Promise<void> {
    for (const client of clients) await client.send('a harmless request', 'GET', '/harmless', undefined, {});
    await clients[0]?.send('a harmless validation', 'POST', `${KEYS}/validate`, {}, {});
    await this.#watched.server.cliJson('users', 'list');
    await this.#watched.server.cliJson('keys', 'list');
  }

  async #inHeaps(): Promise<{ readonly found: Lines; readonly controls: Lines }> {
    const control = new SecretSearch();
    control.add('control', this.#controls.name);
    const found: string[] = [];
    const controls: string[] = [];
    for (const { name } of this.#watched.processes) {
      const heap = await this.#watched.heapOf(name);
      found.push(...describedHeap(heap.find(this.#planted.search).filter(({ kind }) => kind !== DEPLOYMENT_SECRET)).map((line) => `${name}: ${line}`));
      if (heap.find(control).length > 0) controls.push(name);
    }
    return { found, controls };
  }

  #isSecret(file: string): boolean {
    return file.startsWith('data/secrets/');
  }

  #inFiles(state: string): Lines {
    return this.#watched.files().flatMap(([name, bytes]) => {
      const found = this.#planted.search.inBytes(bytes);
      return described(`${name} (${state})`, this.#isSecret(name) ? found.filter(({ kind }) => kind !== DEPLOYMENT_SECRET) : found);
    });
  }

  #onWires(): Lines {
    return this.#watched.wires().flatMap(([server, bytes]) => {
      const found = this.#planted.search.inBytes(bytes);
      return described(`on a line to ${server}`, server === 'redis' ? found : found.filter(neverSaid));
    });
  }

  #inProc(): Lines {
    if (process.platform !== 'linux') return [];
    return this.#watched.processes.flatMap(({ name, pid }) =>
      ['cmdline', 'environ'].flatMap((file) => described(`${file} of ${name}`, this.#planted.search.inBytes(readFileSync(`/proc/${String(pid)}/${file}`)))),
    );
  }

  #controlled(places: readonly (readonly [string, Buffer])[], control = this.#controls.name): Lines {
    return places.filter(([, bytes]) => bytes.includes(control)).map(([name]) => name);
  }
}
