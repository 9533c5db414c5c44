import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BackendApi } from './backend-api.js';
import {
  DISABLED_KINDS, LIFE_CASES, type LifeCase, type LifeEvent, SETTING_ORDERS, SETTINGS, type Settings, type Standing,
} from './lifecycle-cases.js';
import { KeyWorld } from './lifecycle-world.js';
import { StandaloneServer } from './standalone-process.js';

const outcome = ({ validates, list }: Standing): string => `${validates ? 'validates' : 'is refused'}, ${list}`;
const told = (events: readonly LifeEvent[]): string => (events.length === 0 ? 'nothing happened' : events.join(', '));
const title = ({ kind, imported, events, ends }: LifeCase): string => `${imported ? 'imported ' : ''}${kind} key: ${told(events)} → ${outcome(ends)}`;

const live = async (api: BackendApi, { kind, imported, events, ends }: LifeCase): Promise<void> => {
  const world = await KeyWorld.with(api, kind, imported);
  for (const event of events) await world.happen(event);
  await world.expectStanding(ends);
};

const waits = ({ events }: LifeCase): boolean => events.some((event) => event.includes('expir'));

describe.each(Object.keys(SETTINGS) as Settings[])('the life of a key, %s', (settings) => {
  let server: StandaloneServer | undefined;
  let api: BackendApi;
  beforeAll(async () => {
    server = await StandaloneServer.started();
    if (settings !== 'plain') await server.changeSettings(SETTINGS[settings]);
    api = BackendApi.of(server);
  });
  afterAll(() => server?.remove());

  const cases = LIFE_CASES.filter((life) => life.settings === settings);
  for (const life of cases.filter((each) => !waits(each))) it(title(life), () => live(api, life));
  // Those that wait for the clock wait together. A list without a filter cannot be paged while others change it, so generic keys wait alone.
  for (const life of cases.filter((each) => waits(each) && each.kind !== 'generic')) it.concurrent(title(life), () => live(api, life));
  for (const life of cases.filter((each) => waits(each) && each.kind === 'generic')) it(title(life), () => live(api, life));
});

it('at least 60 transitions are told', () => {
  expect(LIFE_CASES.filter(({ events }) => events.length > 0).length).toBeGreaterThanOrEqual(60);
});

describe('the event decides, not a setting read later', () => {
  interface Lived {
    readonly world: KeyWorld;
    /** What was wrong while the settings were on, where nothing happens afterwards that could change it. */
    meanwhile: unknown;
  }
  let server: StandaloneServer;
  let lives: readonly Lived[];
  // All rows go through the three phases together, because a change of settings waits for the lease.
  beforeAll(async () => {
    server = await StandaloneServer.started();
    const api = BackendApi.of(server);
    lives = await Promise.all(SETTING_ORDERS.map(async ({ kind }) => ({ world: await KeyWorld.with(api, kind, false), meanwhile: null })));
    const phase = async (name: 'before' | 'during' | 'after'): Promise<void> => {
      for (const [index, row] of SETTING_ORDERS.entries()) for (const event of row[name] ?? []) await lives[index]!.world.happen(event);
    };
    await phase('before');
    await server.changeSettings({ invalidateOrgApiKeyUponUserRemoval: true, reinstateKeysOnUnblock: true });
    await phase('during');
    for (const [index, row] of SETTING_ORDERS.entries()) {
      const life = lives[index]!;
      if (row.after === undefined) life.meanwhile = await life.world.expectStanding(row.ends).then(() => null, (error: unknown) => error);
    }
    await server.changeSettings({ invalidateOrgApiKeyUponUserRemoval: false, reinstateKeysOnUnblock: false });
    await phase('after');
  });
  afterAll(() => server?.remove());

  for (const [index, { kind, before = [], during = [], after = [], ends }] of SETTING_ORDERS.entries()) {
    it(`${kind} key: ${told(before)}; settings on; ${told(during)}; settings off; ${told(after)} → ${outcome(ends)}`, async () => {
      expect(lives[index]!.meanwhile).toBeNull();
      await lives[index]!.world.expectStanding(ends);
    });
  }
});

describe('a kind that is switched off', () => {
  let server: StandaloneServer;
  let api: BackendApi;
  beforeAll(async () => {
    server = await StandaloneServer.started();
    api = BackendApi.of(server);
  });
  afterAll(() => server?.remove());

  const ALIVE: Standing = { validates: true, list: 'current' };
  const DEAD: Standing = { validates: false, list: 'archived' };
  const REFUSED: Standing = { validates: false, list: 'current' };
  /** What may happen while the kind is off, and how such a key stands when it is on again. */
  const meanwhile: readonly (readonly [readonly LifeEvent[], (kind: string) => Standing])[] = [
    [[], () => ALIVE],
    [['revoke'], () => DEAD],
    [['block'], (kind) => (kind === 'personal' ? DEAD : ALIVE)],
    [['change metadata'], () => ({ ...ALIVE, answer: { metadata: { changed: true } } })],
  ];

  it.each(['personalApiKeysEnabled', 'orgApiKeysEnabled'] as const)('%s off: its keys are refused and stay listed, the others validate, and what happened meanwhile counts', async (setting) => {
    const worlds = await Promise.all(DISABLED_KINDS.filter((row) => row.setting === setting).flatMap((row) =>
      [false, true].flatMap((imported) => meanwhile.map(async ([events, afterwards]) => ({ ...row, events, afterwards, world: await KeyWorld.with(api, row.kind, imported) })))));
    await server.changeSettings({ [setting]: false });
    for (const { world, refusedMeanwhile } of worlds) await world.expectStanding(refusedMeanwhile ? REFUSED : ALIVE);
    for (const { world, events } of worlds) for (const event of events) await world.happen(event);
    await server.changeSettings({ [setting]: true });
    for (const { world, kind, afterwards } of worlds) await world.expectStanding(afterwards(kind));
  });
});
