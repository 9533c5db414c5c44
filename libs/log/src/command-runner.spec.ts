import { Refusal, notFound, tags } from '@app/domain';
import type { Commit } from '@app/ports';
import { afterEach, describe, expect, it } from 'vitest';
import { FaultyEventLog } from '@test/support/log/faulty-event-log.js';
import { ManualClock } from '@test/support/clock/manual-clock.js';
import { MemoryEventLog } from '@test/support/log/memory-event-log.js';
import { memberJoined, nodeJoined, orgCreationSet, organizationCreated, userCreated } from '@test/support/log/sample-events.js';
import { Writer } from '@test/support/log/writer.js';
import { decodeCommit } from './codec.js';
import type { RequestHash, StateView } from './command.js';
import { eventLoopTurn } from './event-loop-turn.js';

const createOrg =
  (orgId: string, maxUsers: number | null = null) =>
  (view: StateView) => {
    if (view.claim(tags.slug('env', orgId)).holder !== null) throw new Refusal('INVALID_FIELDS');
    return [organizationCreated(orgId, maxUsers)];
  };
const join = (userId: string, orgId: string) => (view: StateView) => {
  const org = view.organization(orgId);
  if (org === null) throw notFound();
  if (org.memberCount >= (org.profile.maxUsers ?? Infinity)) throw new Refusal('FORBIDDEN');
  return [memberJoined(userId, orgId)];
};
const allowOrgs = (userId: string) => (view: StateView) => {
  const user = view.user(userId);
  if (user === null) throw notFound();
  return user.canCreateOrgs ? [] : [orgCreationSet(userId, true)];
};

function held(): { readonly until: Promise<void>; release(): void } {
  let release: () => void = () => undefined;
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { until, release };
}
/** Long enough for everything that needs no store and no clock. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await eventLoopTurn();
};

describe('the command runner', () => {
  const writers: Writer[] = [];
  afterEach(() => Promise.all(writers.splice(0).map((writer) => writer.stop())));

  async function start(log: FaultyEventLog | MemoryEventLog, options: Parameters<typeof Writer.start>[1] = {}): Promise<Writer> {
    const writer = await Writer.start(log, options);
    writers.push(writer);
    return writer;
  }

  it('appends what was decided, at the next position, with actor, request hash and time', async () => {
    const log = new MemoryEventLog();
    const clock = new ManualClock(5_000);
    const writer = await start(log, { clock });
    const outcome = await writer.run('c1', () => [nodeJoined('a'), nodeJoined('b')], { requestHash: 'r' });
    expect(outcome).toEqual({
      pos: 1,
      appended: true,
      repeated: false,
      first: nodeJoined('a'),
      events: [nodeJoined('a'), nodeJoined('b')],
      durableAtMono: clock.mono(),
    });
    const [commit] = await log.readFrom(1, 10);
    expect(decodeCommit(commit!)).toMatchObject({ commandId: 'c1', actor: 'operator', requestHash: 'r', at: 5_000 });
    expect(writer.tail.applied).toBe(1);
  });

  it('the time of a commit never goes back, whatever the wall clock does', async () => {
    const log = new MemoryEventLog();
    const clock = new ManualClock(5_000);
    const writer = await start(log, { clock });
    await writer.run('c1', () => [nodeJoined('a')]);
    clock.stepWall(-4_000);
    const seen: number[] = [];
    await writer.run('c2', (_view, at) => {
      seen.push(at);
      return [nodeJoined('b')];
    });
    expect(seen).toEqual([5_000]);
    expect((await log.readFrom(1, 10)).map((commit) => decodeCommit(commit).at)).toEqual([5_000, 5_000]);
  });

  it('a decision finds its tags by looking at them, even when nothing was named before', async () => {
    const writer = await start(new MemoryEventLog());
    await writer.run('c1', createOrg('acme'));
    const outcome = await writer.run('c2', (view) => [...join('u1', 'acme')(view), ...(view.user('u1') === null ? [userCreated('u1')] : [])]);
    expect(outcome.events.length).toBe(2);
  });

  it('commands that name more tags than memory has room for are decided, and hold nothing afterwards', async () => {
    const writer = await start(new MemoryEventLog(), { maxTags: 1 });
    await writer.run('c0', createOrg('acme'));
    const joins = Array.from({ length: 50 }, (_, index) => writer.run(`c${index + 1}`, join(`u${index}`, 'acme'), { tags: [tags.user(`u${index}`)] }));
    expect((await Promise.all(joins)).map(({ pos }) => pos).sort((a, b) => a - b)).toEqual(joins.map((_, index) => index + 2));
    const kept = joins.filter((_, index) => writer.cache.peek(tags.command(`c${index + 1}`)) !== undefined);
    expect(kept.length).toBeLessThanOrEqual(1);
  });

  it('a refusal on an old head is taken again on a head probed after the request came', async () => {
    const log = new MemoryEventLog();
    const [first, second] = [await start(log), await start(log, { clock: new ManualClock() })];
    await expect(second.run('c1', allowOrgs('u1'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await first.run('c2', () => [userCreated('u1')]);
    // The second writer's clock stands still: it has not polled and does not know of the user.
    expect(second.tail.applied).toBe(0);
    expect(await second.run('c3', allowOrgs('u1'))).toMatchObject({ pos: 2, appended: true });
  });

  it('"already so" is answered at a head probed after the request came', async () => {
    const log = new MemoryEventLog();
    const [first, second] = [await start(log), await start(log, { clock: new ManualClock() })];
    await first.run('c1', () => [userCreated('u1')]);
    await first.run('c2', allowOrgs('u1'));
    await second.tail.probe();
    await first.run('c3', () => [nodeJoined('a')]);
    expect(await second.run('c4', allowOrgs('u1'))).toMatchObject({ pos: 3, appended: false, repeated: false, first: null, events: [] });
  });

  it('"already so" is never answered at a position before the commit that it rests on', async () => {
    const store = new MemoryEventLog();
    const other = await start(store);
    /** Reads the user's commits only after another process has written them: later than the probe. */
    class LateLog extends FaultyEventLog {
      override async readTagged(tag: string, uptoPos?: number): Promise<readonly Commit[]> {
        if (tag === tags.user('u1')) await other.run('c2', () => [userCreated('u1'), orgCreationSet('u1', true)]);
        return super.readTagged(tag, uptoPos);
      }
    }
    const writer = await start(new LateLog(store), { clock: new ManualClock() });
    await writer.cache.load(tags.registry);
    await other.run('c1', () => [nodeJoined('a')]);
    const { pos } = await writer.run('c3', (view) => {
      if (view.registry().nodes['a'] === undefined) throw notFound();
      return allowOrgs('u1')(view);
    });
    expect(pos).toBe(2);
    expect(writer.tail.applied).toBe(2);
  });

  it('commands that come during an insert share the next one, and each sees what the one before decided', async () => {
    const log = new FaultyEventLog(new MemoryEventLog());
    const writer = await start(log);
    const gate = held();
    log.plan.push({ kind: 'held', until: gate.until });
    const created = writer.run('c0', createOrg('acme', 2));
    await settle();
    const joins = ['u1', 'u2', 'u3', 'u4'].map((user) => writer.run(user, join(user, 'acme')));
    const results = Promise.allSettled(joins);
    await settle();
    gate.release();
    await created;
    expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    expect(log.inserts).toEqual([[1], [2, 3]]);
  });

  it('no answer that rests on another command leaves before that command is durable', async () => {
    const log = new FaultyEventLog(new MemoryEventLog());
    const writer = await start(log);
    const gate = held();
    log.plan.push({ kind: 'held', until: gate.until });
    const answers: string[] = [];
    const created = writer.run('c1', createOrg('acme')).then(() => answers.push('created'));
    const refused = writer.run('c2', createOrg('acme')).catch(() => answers.push('refused'));
    const repeated = writer.run('c1', createOrg('acme')).then(({ repeated: again }) => answers.push(again ? 'repeated' : 'twice'));
    await settle();
    expect(answers).toEqual([]);
    gate.release();
    await Promise.all([created, refused, repeated]);
    expect([...answers].sort()).toEqual(['created', 'refused', 'repeated']);
    expect(log.inserts).toEqual([[1]]);
  });

  it('what was decided on a batch that lost its position is decided again', async () => {
    const store = new MemoryEventLog();
    const log = new FaultyEventLog(store);
    const [writer, other] = [await start(log), await start(store)];
    const gate = held();
    log.plan.push({ kind: 'held', until: gate.until });
    const limited = writer.run('c1', createOrg('acme', 1));
    const joined = writer.run('c2', join('u1', 'acme'));
    const full = writer.run('c3', join('u2', 'acme'));
    const outcomes = Promise.allSettled([limited, joined, full]);
    await settle();
    // With the same slug and room for many: now the first command is the refused one.
    await other.run('c9', createOrg('acme'));
    gate.release();
    expect(await outcomes).toMatchObject([
      { status: 'rejected', reason: { code: 'INVALID_FIELDS' } },
      { status: 'fulfilled', value: { pos: 2 } },
      { status: 'fulfilled', value: { pos: 3 } },
    ]);
  });

  it('what a decision says beside its events comes back from the decision that was taken, and not from one before it', async () => {
    const store = new MemoryEventLog();
    const log = new FaultyEventLog(store);
    const [writer, other] = [await start(log), await start(store)];
    const gate = held();
    log.plan.push({ kind: 'held', until: gate.until });
    const seen: (boolean | undefined)[] = [];
    const decide = (view: StateView) => {
      const user = view.user('u1');
      seen.push(user?.canCreateOrgs);
      return { events: user === null ? [userCreated('u1')] : [orgCreationSet('u1', true)], answer: { existed: user !== null } };
    };
    const command = { commandId: 'c1', actor: 'operator', tags: [tags.user('u1')], decide };
    const outcome = writer.runner.run(command);
    await settle();
    // The position that the first decision was for goes to another writer, who makes the user.
    await other.run('c9', () => [userCreated('u1')]);
    gate.release();
    expect(await outcome).toMatchObject({ pos: 2, answer: { existed: true } });
    expect(seen).toEqual([undefined, false]);
    expect(await writer.runner.run(command)).toMatchObject({ repeated: true, answer: undefined });
    expect((await writer.run('c2', () => [nodeJoined('a')])).answer).toBeUndefined();
  });

  it('a command id is in the log once: a second run, at once or later, tells what the first did', async () => {
    const log = new MemoryEventLog();
    const writer = await start(log);
    const once = () => writer.run('c1', () => [nodeJoined('a')], { requestHash: 'r' });
    const [first, second] = await Promise.all([once(), once()]);
    expect(first).toMatchObject({ appended: true, repeated: false });
    expect(second).toMatchObject({ pos: 1, appended: false, repeated: true, first: nodeJoined('a'), events: [] });
    await writer.run('c2', () => [nodeJoined('b')]);
    // The barrier of a repeated denial runs at a head that is not older than the request.
    expect(await once()).toMatchObject({ pos: 2, repeated: true, first: nodeJoined('a') });
    expect((await log.readFrom(1, 10)).length).toBe(2);
  });

  it('a command id with another request is refused, without a request hash it is not compared', async () => {
    const writer = await start(new MemoryEventLog());
    const run = (requestHash: RequestHash | null) => writer.run('c1', () => [nodeJoined('a')], { requestHash });
    await run('r');
    await expect(run('s')).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    await expect(run(['s', 't'])).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    for (const same of [null, ['s', 'r']] as const) expect(await run(same)).toMatchObject({ repeated: true });
  });

  it('background commands wait for all others and go one at a time', async () => {
    const log = new FaultyEventLog(new MemoryEventLog());
    const writer = await start(log);
    const gate = held();
    log.plan.push({ kind: 'held', until: gate.until });
    const running = writer.run('c0', () => [nodeJoined('0')]);
    await settle();
    const background = ['b1', 'b2'].map((id) => writer.run(id, () => [nodeJoined(id)], { background: true }));
    const foreground = ['f1', 'f2'].map((id) => writer.run(id, () => [nodeJoined(id)]));
    await settle();
    gate.release();
    const outcomes = await Promise.all([running, ...foreground, ...background]);
    expect(outcomes.map(({ pos }) => pos)).toEqual([1, 2, 3, 4, 5]);
    expect(log.inserts).toEqual([[1], [2, 3], [4], [5]]);
  });

  it('while others never stop coming, a background command that has waited its time goes next, but never two in a row', async () => {
    const log = new FaultyEventLog(new MemoryEventLog());
    const clock = new ManualClock();
    const writer = await start(log, { clock, batchSize: 2, backgroundWaitMs: 250 });
    const gate = held();
    log.plan.push({ kind: 'held', until: gate.until });
    const running = writer.run('c0', () => [nodeJoined('0')]);
    await settle();
    const queue = (ids: readonly string[], background: boolean) => ids.map((id) => writer.run(id, () => [nodeJoined(id)], { background }));
    const waiting = [...queue(['b1', 'b2'], true), ...queue(['f1', 'f2', 'f3', 'f4', 'f5', 'f6'], false)];
    await settle();
    await clock.advance(251);
    gate.release();
    const outcomes = await Promise.all([running, ...waiting]);
    expect(outcomes.map(({ pos }) => pos)).toEqual([1, 2, 5, 3, 4, 6, 7, 8, 9]);
    expect(log.inserts).toEqual([[1], [2], [3, 4], [5], [6, 7], [8, 9]]);
  });

  it('rests after an insert twice as long as it took, while another writer is about', async () => {
    const store = new MemoryEventLog();
    const log = new FaultyEventLog(store);
    const clock = new ManualClock();
    const [writer, other] = [await start(log, { clock }), await start(store)];
    await other.run('o1', () => [nodeJoined('o')]);
    await writer.tail.probe();
    const gate = held();
    log.plan.push({ kind: 'held', until: gate.until });
    const first = writer.run('c1', () => [nodeJoined('1')]);
    await settle();
    await clock.advance(30);
    gate.release();
    await first;
    const second = writer.run('c2', () => [nodeJoined('2')]);
    await clock.advance(59);
    await settle();
    expect(log.inserts).toEqual([[2]]);
    await clock.advance(1);
    expect(await second).toMatchObject({ pos: 3 });
  });

  it('what a decider throws by mistake reaches its caller and no other', async () => {
    const writer = await start(new MemoryEventLog());
    const broken = writer.run('c1', () => {
      throw new TypeError('a bug');
    });
    const unwritable = writer.run('c2', () => [{ ...nodeJoined('a'), data: undefined } as never]);
    const noFold = writer.run('c3', (view) => (view.claim('nothing-x').holder === null ? [] : []));
    const fine = writer.run('c4', () => [nodeJoined('b')]);
    await expect(broken).rejects.toThrow('a bug');
    await expect(unwritable).rejects.toThrow('cannot be read');
    await expect(noFold).rejects.toThrow('no fold');
    expect(await fine).toMatchObject({ pos: 1 });
  });

  it('a stop finishes what was accepted and refuses what comes', async () => {
    const log = new FaultyEventLog(new MemoryEventLog());
    const writer = await start(log);
    const gate = held();
    log.plan.push({ kind: 'held', until: gate.until });
    const accepted = [writer.run('c1', () => [nodeJoined('a')]), writer.run('c2', () => [nodeJoined('b')])];
    const stopped = writer.runner.stop();
    await expect(writer.run('c3', () => [nodeJoined('c')])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    gate.release();
    await stopped;
    expect(writer.tail.applied).toBe(2);
    expect((await Promise.all(accepted)).map(({ pos }) => pos)).toEqual([1, 2]);
  });
});
