import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLanes } from '@test/support/races/in-lanes.js';
import { BackendApi } from '@test/support/clients/backend-api.js';
import { DISABLED_KINDS, LIFE_CASES, type LifeCase, type LifeEvent, SETTING_ORDERS, SETTINGS, type Settings, type Standing } from './lifecycle-cases.js';
import { KeyWorld } from './lifecycle-world.js';
import { testedModes } from '@test/support/servers/tested-modes.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

const outcome = ({ validates, list }: Standing): string => `${validates ? 'validates' : 'is refused'}, ${list}`;
const told = (events: readonly LifeEvent[]): string => (events.length === 0 ? 'nothing happened' : events.join(', '));
const title = ({ kind, imported, events, ends }: LifeCase): string => `${imported ? 'imported ' : ''}${kind} key: ${told(events)} → ${outcome(ends)}`;

const live = async (api: BackendApi, { kind, imported, events, ends }: LifeCase): Promise<void> => {
  const world = await KeyWorld.with(api, kind, imported);
  for (const event of events) await world.happen(event);
  await world.expectStanding(ends);
};

const waits = ({ events }: LifeCase): boolean => events.some((event) => event.includes('expir'));
const GROUP = 40;
interface Group {
  readonly settings: Settings;
  readonly part: number;
  readonly cases: readonly LifeCase[];
}
const GROUPS: readonly Group[] = (Object.keys(SETTINGS) as Settings[]).flatMap((settings) => {
  const cases = LIFE_CASES.filter((life) => life.settings === settings);
  return Array.from({ length: Math.ceil(cases.length / GROUP) }, (_, part) => ({
    settings,
    part: part + 1,
    cases: cases.slice(part * GROUP, (part + 1) * GROUP),
  }));
});
const LANES = 4;
/** A slow database that is asked for all at once answers none in time. */
const fewAtATime = async <Row, Result>(rows: readonly Row[], work: (row: Row) => Promise<Result>): Promise<readonly Result[]> => {
  const results: Result[] = [];
  await inLanes(rows.length, LANES, async (index) => {
    results[index] = await work(rows[index]!);
  });
  return results;
};

it('at least 60 transitions are told', () => {
  expect(LIFE_CASES.filter(({ events }) => events.length > 0).length).toBeGreaterThanOrEqual(60);
});

describe.each(testedModes)('with $name', ({ start }) => {
  describe.each(GROUPS)('the life of a key, $settings, part $part', ({ settings, cases }) => {
    const waiting = cases.filter((life) => waits(life) && life.kind !== 'generic');
    const generic = cases.filter((life) => life.kind === 'generic');
    let server: TestedServer | undefined;
    let api: BackendApi;
    let lives: readonly Promise<void>[];
    // A server for each group: where the database reads every commit to find those of a key, a short log is worth more than a start.
    beforeAll(async () => {
      server = await start();
      if (settings !== 'plain') await server.changeSettings(SETTINGS[settings]);
      api = BackendApi.of(server);
      // They wait for the clock beside the others.
      lives = waiting.map((life) => live(api, life));
      // What went wrong is told where the life is.
      for (const one of lives) one.catch(() => undefined);
    });
    afterAll(() => server?.remove());

    // Generic keys are in lists without a filter, which cannot be paged while others change them: these wait while all fits
    // on one page, and the rest of their kind comes when nothing waits any more.
    for (const life of generic.filter(waits)) it.concurrent(title(life), () => live(api, life));
    for (const life of cases.filter((each) => !waits(each) && !generic.includes(each))) it(title(life), () => live(api, life));
    for (const [index, life] of waiting.entries()) it(title(life), () => lives[index]);
    for (const life of generic.filter((each) => !waits(each))) it(title(life), () => live(api, life));
  });

  describe('while settings change,', () => {
    let server: TestedServer;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server?.remove());

    describe('the event decides, not a setting read later', () => {
      interface Lived {
        readonly world: KeyWorld;
        /** What was wrong while the settings were on, where nothing happens afterwards that could change it. */
        meanwhile: unknown;
      }
      let lives: readonly Lived[];
      // All rows go through the three phases together, because a change of settings waits for the lease.
      beforeAll(async () => {
        const api = new BackendApi(server.origin, await server.newEnvironment('changing'));
        lives = await fewAtATime(SETTING_ORDERS, async ({ kind }) => ({ world: await KeyWorld.with(api, kind, false), meanwhile: null }));
        const phase = async (name: 'before' | 'during' | 'after'): Promise<void> => {
          for (const [index, row] of SETTING_ORDERS.entries()) for (const event of row[name] ?? []) await lives[index]!.world.happen(event);
        };
        await phase('before');
        await server.changeSettings({ invalidateOrgApiKeyUponUserRemoval: true, reinstateKeysOnUnblock: true }, 'changing');
        await phase('during');
        for (const [index, row] of SETTING_ORDERS.entries()) {
          const life = lives[index]!;
          if (row.after === undefined)
            life.meanwhile = await life.world.expectStanding(row.ends).then(
              () => null,
              (error: unknown) => error,
            );
        }
        await server.changeSettings({ invalidateOrgApiKeyUponUserRemoval: false, reinstateKeysOnUnblock: false }, 'changing');
        await phase('after');
      });

      for (const [index, { kind, before = [], during = [], after = [], ends }] of SETTING_ORDERS.entries()) {
        it(`${kind} key: ${told(before)}; settings on; ${told(during)}; settings off; ${told(after)} → ${outcome(ends)}`, async () => {
          expect(lives[index]!.meanwhile).toBeNull();
          await lives[index]!.world.expectStanding(ends);
        });
      }
    });

    describe('a disabled kind', () => {
      const api = (): BackendApi => BackendApi.of(server);

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

      it.each(['personalApiKeysEnabled', 'orgApiKeysEnabled'] as const)(
        '%s off: its keys are refused and stay listed, the others validate, and what happened meanwhile counts',
        async (setting) => {
          const rows = DISABLED_KINDS.filter((row) => row.setting === setting).flatMap((row) =>
            [false, true].flatMap((imported) => meanwhile.map(([events, afterwards]) => ({ ...row, imported, events, afterwards }))),
          );
          const worlds = await fewAtATime(rows, async (row) => ({ ...row, world: await KeyWorld.with(api(), row.kind, row.imported) }));
          await server.changeSettings({ [setting]: false });
          await fewAtATime(worlds, ({ world, refusedMeanwhile }) => world.expectStanding(refusedMeanwhile ? REFUSED : ALIVE));
          for (const { world, events } of worlds) for (const event of events) await world.happen(event);
          await server.changeSettings({ [setting]: true });
          await fewAtATime(worlds, ({ world, kind, afterwards }) => world.expectStanding(afterwards(kind)));
        },
      );
    });
  });
});
