import { afterEach, describe, expect, it } from 'vitest';
import { tags } from '@app/domain';
import { eventLoopTurn } from '@app/log';
import { EntityStates } from '@app/platform';
import { FaultyEventLog } from '@test/support/log/faulty-event-log.js';
import { ManualClock } from '@test/support/clock/manual-clock.js';
import { MemoryEventLog } from '@test/support/log/memory-event-log.js';
import { orgCreationSet, userCreated } from '@test/support/log/sample-events.js';
import { Writer } from '@test/support/log/writer.js';

describe('the state of an entity outside of decisions', () => {
  const processes: Writer[] = [];
  afterEach(() => Promise.all(processes.splice(0).map((one) => one.stop())));

  /** `reader` follows the log only when it is asked: its clock stands still. */
  async function twoProcesses() {
    const store = new MemoryEventLog();
    const log = new FaultyEventLog(store);
    const [writer, reader] = [await Writer.start(store), await Writer.start(log, { clock: new ManualClock() })];
    processes.push(writer, reader);
    return { log, writer, reader, states: new EntityStates(reader.cache, reader.tail) };
  }

  it('that was loaded ahead of the tail is given out when the tail has come there: nothing else is older than it then', async () => {
    const { log, writer, reader, states } = await twoProcesses();
    await writer.run('c1', () => [userCreated('u1')]);
    let release: () => void = () => undefined;
    log.holdReads = new Promise<void>((resolve) => {
      release = resolve;
    });
    let given = false;
    const loading = states.load('user-', tags.user('u1')).finally(() => {
      given = true;
    });
    for (let turn = 0; turn < 10; turn += 1) await eventLoopTurn();
    expect(given).toBe(false);
    log.holdReads = null;
    release();
    expect(await loading).toMatchObject({ userId: 'u1' });
    expect(reader.tail.applied).toBe(1);
  });

  it('as of a position is what it was there, whatever came later', async () => {
    const { writer, reader, states } = await twoProcesses();
    await writer.run('c1', () => [userCreated('u1')]);
    await writer.run('c2', () => [orgCreationSet('u1', true)]);
    await reader.tail.probe();
    expect(await states.loadAt('user-', tags.user('u1'), 1)).toMatchObject({ canCreateOrgs: false });
    expect(await states.load('user-', tags.user('u1'))).toMatchObject({ canCreateOrgs: true });
  });
});
