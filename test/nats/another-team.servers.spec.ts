import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DomainEvent } from '@app/domain';
import { FIRST_PREV, prepareCommit } from '@app/log';
import { publicMessage } from '@app/keys/relay/public-message.js';
import { blocksOf, ROOT } from '@test/support/project/code-blocks.js';
import { nodeJoined, userCreated } from '@test/support/log/sample-events.js';
import type { RawUser } from '@test/support/servers/nats-users.js';
import { RelayRig, type Replica, type WrittenLog } from '@test/support/keys/relay-rig.js';

const PAGE = 'docs/events-stream.md';
const PATIENCE = { timeout: 30_000, interval: 20 };
const blocks = blocksOf(PAGE);
const block = (role: string) => {
  const found = blocks.find((one) => one.role === role);
  if (found === undefined) throw new Error(`${PAGE} has no ${role}.`);
  return found;
};

/** The page's own consumer, as a process. */
class TeamProcess {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;

  constructor(dir: string, env: Readonly<Record<string, string>>) {
    const child = spawn(process.execPath, [join(dir, block('file').value)], { cwd: dir, env, stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: child.stdout }).on('line', (line) => this.lines.push(line));
    this.#child = child;
  }

  get positions(): readonly number[] {
    return this.lines.map((line) => Number(line.split(' ')[0]));
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await closed;
  }
}

const users = (from: number, count: number): readonly (readonly DomainEvent[])[] =>
  Array.from({ length: count }, (_, index) => [userCreated(`u${from + index}`)]);

describe('another team', () => {
  let rig: RelayRig;
  let log: WrittenLog;
  let replica: Replica;
  let dir: string;
  let teams: TeamProcess[];
  let raws: RawUser[];
  beforeEach(async () => {
    vi.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
    vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    rig = await RelayRig.open();
    log = rig.log();
    replica = await rig.replica(log);
    dir = mkdtempSync(join(tmpdir(), 'team-'));
    symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
    writeFileSync(join(dir, block('file').value), block('file').text);
    teams = [];
    raws = [];
  });
  afterEach(async () => {
    for (const team of teams) await team.kill();
    for (const { connection } of raws) await connection.close();
    await rig.close();
    rmSync(dir, { recursive: true, force: true });
    vi.restoreAllMocks();
  });

  const start = (): TeamProcess => {
    const team = new TeamProcess(dir, rig.nats.environmentOf('team'));
    teams.push(team);
    return team;
  };
  const raw = async (): Promise<RawUser> => {
    const user = await rig.nats.raw('team');
    raws.push(user);
    return user;
  };
  /** What the page's consumer prints of the log: positions with something public. */
  const expected = (upTo = log.commits.length): readonly number[] =>
    log.commits.filter(({ pos, body }) => pos <= upTo && !body.includes('"registry.')).map(({ pos }) => pos);

  it('gets every position in order with the ten lines of the page, with those that came while it was down', async () => {
    await log.append(...users(0, 60), [nodeJoined('i')], ...users(61, 9));
    const first = start();
    await expect.poll(() => first.positions, PATIENCE).toEqual(expected());
    expect(first.lines[0]).toBe('1 user.created.v1 {"userId":"u0","environmentId":"env"}');
    await first.kill();
    await log.append(...users(70, 30));
    const second = start();
    await expect.poll(() => second.positions.at(-1), PATIENCE).toBe(100);
    // The last acknowledgement may have died with the process: that one message comes again.
    expect(second.positions.filter((pos) => pos > 70)).toEqual(expected().filter((pos) => pos > 70));
    expect(second.positions.length).toBeLessThanOrEqual(31);
  });

  it('gets each message in one of its processes', async () => {
    const both = [start(), start()];
    await log.append(...users(0, 80));
    const all = (): readonly number[] => both.flatMap(({ positions }) => positions);
    await expect.poll(() => [...new Set(all())].toSorted((a, b) => a - b), PATIENCE).toEqual(expected());
    for (const { positions } of both) expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    // One or two may have come again on a busy machine.
    expect(all().length).toBeLessThan(90);
  });

  it('gets a message that it did not acknowledge again, and nothing after it before', async () => {
    await log.append(...users(0, 5));
    const { connection } = await raw();
    const heard: number[] = [];
    const subscription = connection.subscribe('teams.team.events', { queue: 'team' });
    for await (const message of subscription) {
      const pos = Number(message.headers?.get('Nats-Msg-Id'));
      heard.push(pos);
      if (pos === 3 && heard.filter((other) => other === 3).length < 3) continue;
      message.respond();
      if (pos === 5) break;
    }
    expect([...new Set(heard)]).toEqual([1, 2, 3, 4, 5]);
    expect(heard).toEqual(heard.toSorted((a, b) => a - b));
    expect(heard.filter((pos) => pos === 3).length).toBeGreaterThanOrEqual(3);
  });

  it("gets everything again after the stream was lost, and the page's consumer passes over what it has done", async () => {
    await log.append(...users(0, 30));
    const team = start();
    await expect.poll(() => team.positions, PATIENCE).toEqual(expected());
    await rig.nats.server.kill();
    await rig.nats.server.restart({ empty: true });
    await log.append(...users(30, 10));
    await expect.poll(() => team.positions, PATIENCE).toEqual(expected());
    await expect.poll(() => replica.relay.relayStatus().position, PATIENCE).toBe(40);
  });

  it('with its user can do nothing else on the stream', async () => {
    await log.append(...users(0, 3));
    await expect.poll(() => replica.relay.relayStatus().position, PATIENCE).toBe(3);
    const user = await raw();
    for (const subject of [
      'keyfence.events',
      '$JS.API.STREAM.INFO.KEYFENCE',
      '$JS.API.STREAM.MSG.GET.KEYFENCE',
      '$JS.API.CONSUMER.DELETE.KEYFENCE.team-team',
      '$JS.API.CONSUMER.CREATE.KEYFENCE',
      '$JS.ACK.KEYFENCE.team-team.1.1.1.1.0',
    ]) {
      expect([subject, await user.publishes(subject)]).toEqual([subject, 'refused']);
    }
    expect(await user.subscribes('keyfence.events')).toBe('refused');
    expect(await user.subscribes('teams.billing.events', 'billing')).toBe('refused');
    expect(await user.subscribes('teams.team.events', 'team')).toBe('allowed');
  });
});

describe('the page about the stream', () => {
  it('shows a message as it is made', () => {
    const shown = JSON.parse(block('message').text) as {
      pos: number;
      at: number;
      actor: string;
      events: readonly { data: { userId: string; environmentId: string } }[];
    };
    const userId = shown.events[0]?.data.userId ?? '';
    const event = userCreated(userId);
    const events = [{ ...event, data: { ...event.data, environmentId: 'e1' } } as DomainEvent];
    const { decoded } = prepareCommit(shown.pos, FIRST_PREV, { commandId: 'c', requestHash: null, at: shown.at, actor: shown.actor, events });
    expect(JSON.parse(publicMessage(decoded, 100_000).body)).toEqual(shown);
  });

  it('has a consumer of ten lines', () =>
    expect(
      block('file')
        .text.trim()
        .split('\n')
        .filter((line) => line !== '').length,
    ).toBeLessThanOrEqual(10));
});
