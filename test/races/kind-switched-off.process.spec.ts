import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StandaloneServer } from '@test/support/servers/standalone-process.js';
import { type Call, violationsOf } from '@test/support/races/history.js';
import { RaceClient } from '@test/support/races/race-client.js';
import { causesOf, type KeyKind, type Owner, type RaceKey, refusedField } from '@test/support/races/race-keys.js';
import { printNumbers } from './race-report.js';
import { startedServer, targetOf } from './race-server.js';
import { seed, timeoutMs } from './race-size.js';
import { SeededRandom } from '@test/support/random/seeded-random.js';
import { reportOf } from '@test/support/races/timeline.js';

const OFF = 'organization keys off';
const KINDS: readonly KeyKind[] = ['personal', 'member', 'organization'];
const VALIDATORS = 4;
/** In each of the three states of the switch. */
const VALIDATIONS_IN_A_STATE = 300;

let server: StandaloneServer;
beforeAll(async () => {
  server = await startedServer();
});
afterAll(() => server?.remove());

interface Asked {
  readonly kind: KeyKind;
  readonly calls: Call[];
}

/** Keys that are made and validated without a pause by clients that know nothing of the switch. */
class Traffic {
  readonly asked: Asked[] = [];
  readonly switched: Call[] = [];
  readonly #owner: Owner;
  readonly #random = new SeededRandom(seed);
  readonly #keys: { readonly key: RaceKey; readonly calls: Call[] }[] = [];
  readonly #running: Promise<void>;
  #isOver = false;
  validations = 0;

  constructor(owner: Owner) {
    this.#owner = owner;
    const clients = (what: string, count: number): readonly RaceClient[] =>
      Array.from({ length: count }, (_, each) => new RaceClient(targetOf(server), `${what} ${String(each)}`));
    const loops = [
      ...clients('creator', KINDS.length).map((client, each) => this.#create(client, KINDS[each] ?? 'personal')),
      ...clients('checker', VALIDATORS).map((client) => this.#validate(client)),
    ];
    this.#running = Promise.all(loops).then(() => {});
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  /** The operator's command, as a denial or a lifting from its start to its end. */
  async switch(op: 'deny' | 'lift'): Promise<void> {
    const invokedAt = performance.now();
    await server.changeSettings({ orgApiKeysEnabled: op === 'lift' });
    this.switched.push({ op, about: OFF, outcome: 'done', by: 'operator', invokedAt, completedAt: performance.now() });
    const from = this.validations;
    await expect.poll(() => this.validations - from, { interval: 5, timeout: timeoutMs }).toBeGreaterThan(VALIDATIONS_IN_A_STATE);
  }

  async #create(client: RaceClient, kind: KeyKind): Promise<void> {
    while (!this.#isOver) {
      const { call, key } = await client.create(kind, this.#owner, [refusedField(kind, OFF)]);
      const calls = [call];
      this.asked.push({ kind, calls });
      if (key === null) continue;
      this.#keys.push({ key, calls });
      calls.push(await client.validateKey(key));
    }
    client.close();
  }

  async #validate(client: RaceClient): Promise<void> {
    await expect.poll(() => this.#keys.length, { interval: 5 }).toBeGreaterThan(0);
    while (!this.#isOver) {
      const { key, calls } = this.#random.pick(this.#keys);
      calls.push(await client.validateKey(key));
      this.validations += 1;
    }
    client.close();
  }
}

it('organization keys are dead, and no new ones are issued, from when they are disabled until they are enabled', { timeout: timeoutMs }, async () => {
  const client = new RaceClient(targetOf(server), 'setter-up');
  const orgId = await client.createOrg();
  const owner = { userId: await client.newMember(orgId), orgId };
  client.close();
  const traffic = new Traffic(owner);
  await traffic.switch('lift');
  await traffic.switch('deny');
  await traffic.switch('lift');
  await traffic.end();
  for (const { kind, calls } of traffic.asked) {
    const keyId = calls[0]?.about ?? '';
    const own = [...traffic.switched, ...calls];
    const violations = violationsOf(keyId, causesOf(kind, keyId, owner), own);
    if (violations.length > 0) throw new Error(`${kind} key: ${reportOf(violations, own, seed)}`);
  }
  const refused = traffic.asked.filter(({ calls }) => calls[0]?.outcome === 'refused');
  const validations = traffic.asked.flatMap(({ calls }) => calls.slice(1));
  const outcomes = (wanted: Call['outcome']): number => validations.filter(({ outcome }) => outcome === wanted).length;
  printNumbers('a kind disabled and enabled', {
    keys: traffic.asked.length - refused.length,
    refused: refused.length,
    validations: validations.length,
    valid: outcomes('done'),
    dead: outcomes('refused'),
    undecided: outcomes('undecided'),
  });
  expect(refused.every(({ kind }) => kind !== 'personal')).toBe(true);
  expect(Math.min(refused.length, outcomes('refused'), outcomes('done'))).toBeGreaterThan(VALIDATIONS_IN_A_STATE / 10);
});
