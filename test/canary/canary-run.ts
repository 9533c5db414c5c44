import { readFileSync } from 'node:fs';
import { buildEdited } from '../../scripts/edited-build.mjs';
import { KEYS } from '@test/support/clients/backend-api.js';
import { askTheAdminAddress } from './admin-scenario.js';
import { CanaryClient } from './canary-client.js';
import { exerciseEndpoints } from './endpoint-scenario.js';
import { FAULTS, FaultyServer } from './faulty-server.js';
import { describedHeap } from './heap-snapshot.js';
import { type Controls, exerciseKeys, exerciseTheCli, PREFIX } from './key-scenario.js';
import { DEPLOYMENT_SECRET, PlantedSecrets } from './planted-secrets.js';
import { provokeRefusals } from './refusal-scenario.js';
import { described, SecretSearch } from './secret-search.js';
import { WatchedServer } from './watched-server.js';
import { exerciseTheWire } from './wire-scenario.js';

type Lines = readonly string[];

export interface CanaryOptions {
  readonly logLevel: string;
  /** With the command line, a stop and a second start: what does not depend on the level need not be seen at each. */
  readonly thorough: boolean;
}

/** Where secrets were found, a line each. */
export interface Found {
  readonly files: Lines;
  readonly process: Lines;
  readonly heap: Lines;
  readonly answers: Lines;
  readonly printed: Lines;
}

/** What shows that everything was done, and that the searches looked where they should. */
export interface Shown {
  readonly endpoints: Lines;
  readonly refusals: Lines;
  readonly statuses: readonly number[];
  readonly planted: number;
  readonly controlsInFiles: Lines;
  readonly controlsInHeap: Lines;
  readonly metrics: string;
  /** All that was printed but the greetings of the first starts. */
  readonly printed: string;
}
export interface CanaryReport {
  readonly found: Found;
  readonly shown: Shown;
}

/** The whole scenario on one server, and every search of what it left behind. */
export class CanaryRun {
  readonly #options: CanaryOptions;
  readonly #planted = new PlantedSecrets();
  readonly #watched: WatchedServer;
  readonly #clients: CanaryClient[] = [];
  readonly #greetings: string[] = [];
  readonly #done: { endpoints: Lines; refusals: Lines } = { endpoints: [], refusals: [] };
  #backendKey = '';
  #cliPrinted = '';
  #metrics = '';
  #controls: Controls = { name: '', deep: '' };

  constructor(options: CanaryOptions) {
    this.#options = options;
    this.#watched = new WatchedServer({ env: { LOG_LEVEL: options.logLevel } });
  }

  async report(): Promise<CanaryReport> {
    const build = await buildEdited(FAULTS, ['standalone']);
    const faulty = new FaultyServer(this.#planted, this.#options.logLevel, build.distDir);
    try {
      const [client, { greeting }] = await Promise.all([this.#firstStart(), faulty.start()]);
      this.#clients.push(faulty.requests.client);
      this.#greetings.push(greeting);
      await this.#exercise(client, faulty);
      const controlsInFiles = this.#watched.files().flatMap(([name, bytes]) => (bytes.includes(this.#controls.name) ? [name] : []));
      const files = [this.#inFiles('running')];
      const [process, heap] = [this.#inProc(), await this.#inHeap()];
      const heaps = [heap.found];
      if (this.#options.thorough) {
        await this.#watched.server.end('SIGTERM');
        files.push(this.#inFiles('stopped'));
        heaps.push(await this.#secondLife());
      }
      await Promise.all([this.#watched.server.end('SIGKILL'), faulty.watched.server.end('SIGKILL')]);
      files.push(this.#inFiles('killed'), this.#inFiles('faulty', faulty.watched));
      const printed = this.#printed(faulty);
      return {
        found: {
          files: files.flat(),
          process,
          heap: heaps.flat(),
          answers: this.#clients.flatMap((one) => one.leaks()),
          printed: described('what was printed', this.#planted.search.inText(printed)),
        },
        shown: {
          ...this.#done,
          planted: this.#planted.count,
          controlsInFiles,
          controlsInHeap: heap.controls,
          printed,
          metrics: this.#metrics,
          statuses: [...new Set(this.#clients.flatMap(({ answers }) => answers.map(({ status }) => status)))],
        },
      };
    } finally {
      await Promise.all([this.#watched.remove(), faulty.watched.remove()]);
      build.remove();
    }
  }

  async #firstStart(): Promise<CanaryClient> {
    const { greeting, backendKey } = await this.#watched.start();
    this.#backendKey = this.#planted.plant('first backend key', backendKey);
    this.#planted.deploymentSecrets(this.#watched.secretsFile);
    this.#greetings.push(greeting);
    return this.#newClient();
  }

  #newClient(): CanaryClient {
    const client = new CanaryClient(this.#watched.server.port, this.#planted, this.#backendKey);
    this.#clients.push(client);
    return client;
  }

  async #exercise(client: CanaryClient, faulty: FaultyServer): Promise<void> {
    const { server } = this.#watched;
    // No call needs this permission yet.
    const powerless = this.#planted.plant('backend key without rights', await server.newBackendKey('Send Email Confirmations'));
    await faulty.requests.fail();
    this.#done.endpoints = await exerciseEndpoints(client, powerless);
    await exerciseTheWire(client);
    if (this.#options.thorough) this.#cliPrinted = await exerciseTheCli(client, server);
    await server.changeSettings({ backendTokenPrefix: PREFIX });
    this.#controls = await exerciseKeys(client);
    this.#done.refusals = await provokeRefusals({ client, faulty: faulty.requests, powerless, server });
    const { client: admin, metrics } = await askTheAdminAddress(server.adminOrigin, this.#planted, this.#backendKey);
    this.#clients.push(admin);
    this.#metrics = metrics;
    await this.#beHarmless(client);
  }

  /** What a regular expression matched last stays reachable until the next match, and any answer makes one. */
  async #beHarmless(client: CanaryClient): Promise<void> {
    await client.send('a harmless request', 'GET', '/harmless', undefined, {});
  }

  /** On the same folder: no secret comes into this process but with a request. Ends in the middle of work. */
  async #secondLife(): Promise<Lines> {
    await this.#watched.start();
    const client = this.#newClient();
    await exerciseTheWire(client);
    await this.#beHarmless(client);
    const { found } = await this.#inHeap();
    await client.issue('the last creation', 'POST', KEYS, {}, 'api_key_token');
    return found;
  }

  async #inHeap(): Promise<{ found: Lines; controls: Lines }> {
    const heap = await this.#watched.heap();
    const found = heap.find(this.#planted.search).filter(({ kind }) => kind !== DEPLOYMENT_SECRET);
    return { found: describedHeap(found), controls: heap.find(this.#controlSearch()).map(({ kind }) => kind) };
  }

  #controlSearch(): SecretSearch {
    const search = new SecretSearch();
    search.add('control', this.#controls.name);
    search.add('deep control', this.#controls.deep);
    return search;
  }

  #inFiles(state: string, watched = this.#watched): Lines {
    return watched.files().flatMap(([name, bytes]) => {
      const found = this.#planted.search.inBytes(bytes);
      return described(`${name} (${state})`, name === 'secrets.json' ? found.filter(({ kind }) => kind !== DEPLOYMENT_SECRET) : found);
    });
  }

  #inProc(): Lines {
    if (process.platform !== 'linux') return [];
    return ['cmdline', 'environ'].flatMap((file) =>
      described(`/proc/<pid>/${file}`, this.#planted.search.inBytes(readFileSync(`/proc/${String(this.#watched.pid)}/${file}`))),
    );
  }

  /** The greeting of a first start is where its backend key is shown, once; what is left shows none. */
  #printed(faulty: FaultyServer): string {
    const everything = [this.#watched.server.everythingPrinted, faulty.watched.server.everythingPrinted, this.#cliPrinted].join('\n');
    return this.#greetings.reduce((rest, greeting) => rest.replace(greeting, ''), everything);
  }
}
