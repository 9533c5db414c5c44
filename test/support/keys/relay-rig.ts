import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstream, type JetStreamManager } from '@nats-io/jetstream';
import { type EventStreamSettings, HASH_HEADER, NatsEventStream, type NatsLink, STREAM } from '@app/adapters/nats';
import { SqliteEventLog } from '@app/adapters/sqlite';
import type { DomainEvent } from '@app/domain';
import { Relay } from '@app/keys';
import { decodeCommit, FIRST_PREV, LogTail, prepareCommit } from '@app/log';
import { type Commit, SystemClock } from '@app/ports';
import { NatsWithUsers } from '@test/support/servers/nats-users.js';

export const STREAM_SETTINGS: EventStreamSettings = { maxAgeMs: 3_600_000, maxBytes: 256 * 1_048_576, replicas: 1, ackWaitMs: 1_000, teams: ['team'] };

/** Waits a twentieth, so that what a process does every ten seconds is seen in half a one. */
class HurriedClock extends SystemClock {
  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return super.sleep(ms / 20, signal);
  }
}

/** A log file that a test writes without a service. */
export class WrittenLog {
  readonly file: SqliteEventLog;
  readonly commits: Commit[] = [];
  #prev = FIRST_PREV;

  constructor(path: string) {
    this.file = SqliteEventLog.open(path);
  }

  /** A commit for each list of events. */
  async append(...contents: readonly (readonly DomainEvent[])[]): Promise<void> {
    const added = contents.map((events) => {
      const pos = this.commits.length + 1;
      const { commit, decoded } = prepareCommit(pos, this.#prev, {
        commandId: `command-of-${pos}`,
        requestHash: `request-of-${pos}`,
        at: 1_700_000_000_000 + pos,
        actor: 'operator',
        events,
      });
      this.commits.push(commit);
      this.#prev = decoded.hash;
      return commit;
    });
    await this.file.insert(added);
  }

  hashOf(pos: number): string {
    const commit = this.commits[pos - 1];
    if (commit === undefined) throw new Error(`There is no commit at ${pos}.`);
    return decodeCommit(commit).hash;
  }
}

export interface Replica {
  readonly relay: Relay;
  readonly stream: NatsEventStream;
  stop(): Promise<void>;
}

export interface StoredMessage {
  readonly seq: number;
  readonly id: string;
  readonly hash: string;
  readonly body: string;
}

/** A log, a NATS server as it is deployed, and any number of processes that relay the one to the other. */
export class RelayRig {
  readonly nats: NatsWithUsers;
  readonly #dir: string;
  readonly #link: NatsLink;
  readonly #endings: (() => Promise<void>)[] = [];

  private constructor(nats: NatsWithUsers, dir: string, link: NatsLink) {
    this.nats = nats;
    this.#dir = dir;
    this.#link = link;
  }

  static async open(): Promise<RelayRig> {
    const nats = await NatsWithUsers.start();
    return new RelayRig(nats, mkdtempSync(join(tmpdir(), 'relay-')), await nats.link('keys'));
  }

  log(name = 'log'): WrittenLog {
    const log = new WrittenLog(join(this.#dir, `${name}.db`));
    this.#endings.push(() => log.file.close());
    return log;
  }

  async replica({ file }: WrittenLog): Promise<Replica> {
    const link = await this.nats.link('keys');
    const stream = new NatsEventStream(link.connection, STREAM_SETTINGS);
    const tail = new LogTail(file, { pollMs: 10 });
    await tail.start();
    const relay = new Relay(file, tail, new HurriedClock(), stream);
    relay.start();
    let stopped: Promise<void> | undefined;
    const end = async (): Promise<void> => {
      await relay.stop();
      await tail.stop();
      await link.connection.close();
    };
    const stop = (): Promise<void> => (stopped ??= end());
    this.#endings.unshift(stop);
    return { relay, stream, stop };
  }

  async manager(): Promise<JetStreamManager> {
    return jetstream(this.#link.connection).jetstreamManager(false);
  }

  /** All that the stream holds, oldest first. */
  async messages(): Promise<readonly StoredMessage[]> {
    const manager = await this.manager();
    const { first_seq: first, last_seq: last } = (await manager.streams.info(STREAM)).state;
    const messages: StoredMessage[] = [];
    for (let seq = Math.max(1, first); seq <= last; seq += 1) {
      const stored = await manager.streams.getMessage(STREAM, { seq });
      if (stored !== null) messages.push({ seq, id: stored.header.get('Nats-Msg-Id'), hash: stored.header.get(HASH_HEADER), body: stored.string() });
    }
    return messages;
  }

  async close(): Promise<void> {
    for (const end of this.#endings) await end();
    await this.#link.connection.close();
    await this.nats.server.stop();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
