import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BackendApi } from './backend-api.js';
import {
  DISABLED_KINDS, LIFE_CASES, type LifeCase, type LifeEvent, SETTING_ORDERS, SETTINGS, type Settings, type Standing, type Step,
} from './lifecycle-cases.js';
import { KeyWorld } from './lifecycle-world.js';
import { StandaloneServer } from './standalone-process.js';

const outcome = ({ validates, list }: Standing): string => `${validates ? 'validates' : 'is refused'}, ${list}`;
const told = (events: readonly Step[]): string =>
  events.length === 0 ? 'nothing happened' : events.map((step) => (typeof step === 'string' ? step : JSON.stringify(step))).join(', ');
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
  let server: StandaloneServer;
  beforeAll(async () => { server = await StandaloneServer.started(); });
  afterAll(() => server?.remove());

  for (const { kind, steps, ends } of SETTING_ORDERS) {
    it(`${kind} key: ${told(steps)} → ${outcome(ends)}`, async () => {
      await server.changeSettings({ invalidateOrgApiKeyUponUserRemoval: false, reinstateKeysOnUnblock: false });
      const world = await KeyWorld.with(BackendApi.of(server), kind, false);
      for (const step of steps) {
        if (typeof step === 'string') await world.happen(step);
        else await server.changeSettings(step);
      }
      await world.expectStanding(ends);
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
