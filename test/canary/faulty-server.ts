import { KEYS, V1 } from '@test/support/clients/backend-api.js';
import type { HttpAnswer } from '@test/support/clients/answer-reader.js';
import { CanaryClient } from './canary-client.js';
import type { PlantedSecrets } from './planted-secrets.js';
import type { SourceEdits } from '../../scripts/source-edits.mjs';
import { WatchedServer } from './watched-server.js';

const FAULT = "throw new TypeError('a planted fault');";

/** By the request's id too: validations see no headers. */
const VALIDATE_FAULTS = `
  if (requestId === 'planted-undecided') throw new FenceUnavailable('a planted silence');
  if (requestId === 'planted-broken') ${FAULT}`;

/** By this id of a request a service knows that it is to fail: headers end at the gateway. */
const FAILING_REQUEST = 'planted-fault';

const SET_PASSWORD = 'const sealedPasswordHash = await passwords.sealedHash(';

/** The product fails where it is told to: there is no request that makes it fail by itself. */
export const FAULTS: SourceEdits = [
  {
    file: 'apps/gateway/src/entry/identify.ts',
    find: 'const digest = presentedDigest(',
    replace: `if (request.headers['x-fault']) ${FAULT}\nconst digest = presentedDigest(`,
  },
  { file: 'apps/validation/src/validations.ts', find: 'const call = new PresentedCall(', replace: `${VALIDATE_FAULTS}\nconst call = new PresentedCall(` },
  {
    file: 'apps/directory/src/users/user-changes.ts',
    find: SET_PASSWORD,
    replace: `if (meta.requestId === '${FAILING_REQUEST}') ${FAULT}\n${SET_PASSWORD}`,
  },
];

/** By the platform limit of a server that is to refuse one. */
export const CALLS_ALLOWED = 10;

/** Requests that fail, on a server with `FAULTS`; its platform limit must be no more than ten. */
export class FaultRequests {
  readonly client: CanaryClient;

  constructor(client: CanaryClient) {
    this.client = client;
  }

  async fail(): Promise<void> {
    const { client } = this;
    const target = `${KEYS}/${this.#secretIn('the path')}?token=${this.#secretIn('the query')}`;
    await this.#expect(500, client.send('a fault of the gateway', 'PATCH', target, { api_key_token: this.#secretIn('the body') }, this.#faulty('broken')));
    for (const call of ['validate', 'validate_imported']) {
      for (const [fault, status] of [
        ['broken', 500],
        ['undecided', 503],
      ] as const) {
        const path = `${KEYS}/${call}?token=${this.#secretIn('the query')}`;
        await this.#expect(status, client.send(`${call}, ${fault}`, 'POST', path, { api_key_token: this.#secretIn('the body') }, this.#faulty(fault)));
      }
    }
  }

  failInAService(): Promise<HttpAnswer> {
    const password = this.client.planted.oddText('password of a command that failed');
    const headers = { ...this.client.authorized(), 'x-request-id': FAILING_REQUEST };
    return this.client.send('a fault of a service', 'PUT', `${V1}/user/${crypto.randomUUID()}/password`, { password }, headers);
  }

  /** Until it is refused, in the window of the limit that the machine's speed leaves. */
  async callTooOften(): Promise<HttpAnswer> {
    for (let call = 0; ; call += 1) {
      const answer = await this.client.send('one call too many', 'GET', `${KEYS}?user_id=${this.#secretIn('the query')}`);
      if (answer.status === 429 || call > 3 * CALLS_ALLOWED) return answer;
    }
  }

  #faulty(fault: string): Readonly<Record<string, string>> {
    return { ...this.client.authorized(), 'x-fault': fault, 'x-request-id': `planted-${fault}` };
  }

  #secretIn(place: string): string {
    return this.client.planted.strangeToken(`token in ${place} of a request that failed`);
  }

  async #expect(expected: number, answer: Promise<HttpAnswer>): Promise<void> {
    const { status } = await answer;
    if (status !== expected) throw new Error(`A planted fault was answered ${String(status)}, not ${String(expected)}.`);
  }
}

/** One process that fails, and has its limit used up. */
export class FaultyServer {
  readonly watched: WatchedServer;
  readonly #planted: PlantedSecrets;
  #requests: FaultRequests | null = null;

  /** `distDir`: of a build with `FAULTS`. */
  constructor(planted: PlantedSecrets, logLevel: string, distDir: string) {
    this.#planted = planted;
    this.watched = new WatchedServer({ env: { LOG_LEVEL: logLevel, PLATFORM_LIMIT_PER_MINUTE: String(CALLS_ALLOWED) }, distDir });
  }

  get requests(): FaultRequests {
    if (this.#requests === null) throw new Error('The faulty server has not been started.');
    return this.#requests;
  }

  async start(): Promise<{ readonly greeting: string }> {
    const { greeting, backendKey } = await this.watched.start();
    this.#planted.plant('first backend key of the faulty server', backendKey);
    this.#requests = new FaultRequests(new CanaryClient(this.watched.server.port, this.#planted, backendKey));
    return { greeting };
  }
}
