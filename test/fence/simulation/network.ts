import {
  type AckMessage,
  type BarrierAnswer,
  type BarrierQuestion,
  type FenceAuthority,
  type FenceQuestion,
  FenceTransport,
  type FenceRecord,
  type JoinAnswer,
  type JoinQuestion,
  type LeaveAnswer,
  type LeaveQuestion,
  type PushMessage,
  type RecordsAnswer,
  type RecordsQuestion,
  type RenewAnswer,
  type RenewQuestion,
} from '@app/fence';
import type { Chaos } from './chaos.js';
import type { Life } from './machine.js';
import type { Scheduler } from './scheduler.js';
import type { Timeline } from './timeline.js';

type Kind = 'join' | 'leave' | 'renew' | 'fill' | 'strongRead' | 'barrier';
/** A node as pushes find it. */
interface Listener {
  readonly life: Life;
  readonly apply: (message: PushMessage) => AckMessage;
}
/** A replica of keys as questions find it; null while it is starting. */
export interface Replica {
  readonly life: Life;
  readonly authority: FenceAuthority;
}

/** What one run of a node was granted: for the check that leases count from the moment the question was sent. */
export interface Granted {
  readonly life: Life;
  readonly sentAt: number;
}

/** Carries the fence's messages between machines: loses, repeats, delays and so reorders them, and answers fills from a cache that may say anything that was ever true. */
export class Network {
  readonly replicas = new Map<string, Replica>();
  messages = 0;
  onGranted: (granted: Granted) => void = () => {};
  readonly #scheduler: Scheduler;
  readonly #chaos: Chaos;
  readonly #timeline: Timeline;
  readonly #listeners = new Map<Life, Listener>();
  /** Every record that any replica ever answered, by name, and every resolved digest. */
  readonly #everAnswered = new Map<string, FenceRecord[]>();
  readonly #nameOf = new Map<string, string>();

  constructor(scheduler: Scheduler, chaos: Chaos, timeline: Timeline) {
    this.#scheduler = scheduler;
    this.#chaos = chaos;
    this.#timeline = timeline;
  }

  forNode(life: Life): FenceTransport {
    return new NodeTransport(this, life);
  }

  forAuthority(life: Life): Pick<FenceTransport, 'push'> {
    return { push: (message, onAck, ended) => this.#push(life, message, onAck, ended) };
  }

  listen(listener: Listener): () => void {
    this.#listeners.set(listener.life, listener);
    return () => this.#listeners.delete(listener.life);
  }

  barrier(life: Life, question: BarrierQuestion, deadlineMs: number): Promise<BarrierAnswer> {
    return this.ask('barrier', life, question, deadlineMs, async ({ authority }) => {
      await authority.barrier(question.pos, question.names);
      return { nonce: question.nonce };
    });
  }

  renew(life: Life, question: RenewQuestion, deadlineMs: number): Promise<RenewAnswer> {
    const sentAt = this.#scheduler.now;
    return this.ask(
      'renew',
      life,
      question,
      deadlineMs,
      ({ authority }) => authority.renew(question),
      (answer) => {
        if (answer.kind === 'granted' && answer.more !== true) this.onGranted({ life, sentAt });
      },
    );
  }

  async records(kind: 'fill' | 'strongRead', life: Life, question: RecordsQuestion, deadlineMs: number): Promise<RecordsAnswer> {
    const fate = this.#chaos.choices(`cache ${life.machine.name}`);
    const cached = kind === 'fill' && fate.chance(this.#chaos.hostility.cache) ? this.#fromCache(question, (count) => fate.integer(count), life) : null;
    if (cached !== null) return cached;
    return this.ask(kind, life, question, deadlineMs, async ({ authority }) => this.#remember(question, await authority[kind](question)));
  }

  /** To a replica that fate chooses, like a queue group; the answer that arrives first counts. */
  ask<Question extends FenceQuestion, Answer>(
    kind: Kind,
    from: Life,
    question: Question,
    deadlineMs: number,
    handle: (replica: Replica) => Promise<Answer>,
    onArrival: (answer: Answer) => void = () => {},
  ): Promise<Answer> {
    const fate = this.#chaos.choices(`route ${kind} ${from.machine.name}`);
    const running = [...this.replicas.keys()].toSorted();
    const to = running[fate.integer(running.length)];
    this.messages += 1;
    return new Promise((resolve, reject) => {
      if (to === undefined) {
        this.#scheduler.later(1, from, () => reject(new Error('No authority answers questions.')));
        return;
      }
      this.#scheduler.later(deadlineMs, from, () => reject(new Error(`${kind} was not answered in time.`)));
      this.#carry(
        kind,
        from.machine.name,
        to,
        () => this.replicas.get(to)?.life ?? null,
        () => {
          const replica = this.replicas.get(to);
          if (replica === undefined) return;
          this.#timeline.note(to, `got ${kind} of ${from.machine.name}`, question);
          void this.#handled(handle, replica).then((answer) => this.#back(kind, to, from, answer, resolve, reject, onArrival));
        },
      );
    });
  }

  async #handled<Answer>(handle: (replica: Replica) => Promise<Answer>, replica: Replica): Promise<Answer | Error> {
    try {
      return await handle(replica);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  #back<Answer>(
    kind: Kind,
    from: string,
    to: Life,
    answer: Answer | Error,
    resolve: (answer: Answer) => void,
    reject: (error: Error) => void,
    onArrival: (answer: Answer) => void,
  ): void {
    this.#carry(
      `${kind} answer`,
      from,
      to.machine.name,
      () => to,
      () => {
        this.#timeline.note(to.machine.name, `got ${kind} answer of ${from}`, answer);
        if (answer instanceof Error) {
          reject(answer);
          return;
        }
        onArrival(answer);
        resolve(answer);
      },
    );
  }

  #push(from: Life, message: PushMessage, onAck: (ack: AckMessage) => void, ended: AbortSignal): void {
    for (const { life, apply } of this.#listeners.values()) {
      this.#carry(
        'push',
        from.machine.name,
        life.machine.name,
        () => life,
        () => {
          if (!this.#listeners.has(life)) return;
          const ack = apply(message);
          this.#timeline.note(life.machine.name, `applied push of ${from.machine.name}`, message);
          this.#carry(
            'ack',
            life.machine.name,
            from.machine.name,
            () => from,
            () => {
              if (!ended.aborted) onAck(ack);
            },
          );
        },
      );
    }
  }

  #carry(kind: string, from: string, to: string, life: () => Life | null, arrive: () => void): void {
    const fate = this.#chaos.message(kind, from, to);
    if (fate.kind === 'lost') {
      this.#timeline.note(from, `${kind} to ${to} is lost`);
      return;
    }
    for (const afterMs of fate.afterMs) {
      // Looked up on arrival: what is sent to a machine reaches the process that runs there by then.
      this.#scheduler.later(afterMs, null, () => {
        const receiver = life();
        if (receiver !== null) this.#scheduler.later(0, receiver, arrive);
      });
    }
  }

  #remember(question: RecordsQuestion, answer: RecordsAnswer): RecordsAnswer {
    for (const record of answer.records) {
      const { digest: _, ...alone } = record;
      const known = this.#everAnswered.get(record.name) ?? [];
      if (known.every(({ asOf }) => asOf !== record.asOf)) known.push(alone);
      this.#everAnswered.set(record.name, known);
    }
    for (const { digest, name } of answer.resolved) if (name !== null) this.#nameOf.set(digest, name);
    return { ...answer, nonce: question.nonce };
  }

  /** Each record as it was at a moment of its own; null when a digest was never heard of. */
  #fromCache(question: RecordsQuestion, below: (count: number) => number, life: Life): Promise<RecordsAnswer> | null {
    const digestOf = new Map(question.digests.map((digest) => [this.#nameOf.get(digest), digest]));
    if (digestOf.has(undefined)) return null;
    // Half of the time nearly new ones: those are the hardest to tell from the right ones.
    const oldest = below(2) === 0 ? 0 : -3;
    const records = [...this.#everAnswered.values()]
      .map((known) => known.slice(oldest))
      .flatMap((known) => {
        const record = known[below(known.length)];
        const digest = record === undefined ? undefined : digestOf.get(record.name);
        return record === undefined ? [] : [digest === undefined ? record : { ...record, digest }];
      });
    const answer = { nonce: question.nonce, now: 0, resolved: question.digests.map((digest) => ({ digest, name: this.#nameOf.get(digest) ?? null })), records };
    this.#timeline.note(
      life.machine.name,
      'got fill answer of the cache',
      records.map(({ name, asOf }) => `${name}@${asOf}`),
    );
    return new Promise((resolve) => this.#scheduler.later(0.3, life, () => resolve(answer)));
  }
}

class NodeTransport extends FenceTransport {
  readonly #network: Network;
  readonly #life: Life;

  constructor(network: Network, life: Life) {
    super();
    this.#network = network;
    this.#life = life;
  }

  join(question: JoinQuestion, deadlineMs: number): Promise<JoinAnswer> {
    return this.#network.ask('join', this.#life, question, deadlineMs, ({ authority }) => authority.join(question));
  }
  leave(question: LeaveQuestion, deadlineMs: number): Promise<LeaveAnswer> {
    return this.#network.ask('leave', this.#life, question, deadlineMs, ({ authority }) => authority.leave(question));
  }
  renew(question: RenewQuestion, deadlineMs: number): Promise<RenewAnswer> {
    return this.#network.renew(this.#life, question, deadlineMs);
  }
  fill(question: RecordsQuestion, deadlineMs: number): Promise<RecordsAnswer> {
    return this.#network.records('fill', this.#life, question, deadlineMs);
  }
  strongRead(question: RecordsQuestion, deadlineMs: number): Promise<RecordsAnswer> {
    return this.#network.records('strongRead', this.#life, question, deadlineMs);
  }
  push(): void {
    throw new Error('A node pushes nothing.');
  }
  onPush(apply: (message: PushMessage) => AckMessage): () => void {
    return this.#network.listen({ life: this.#life, apply });
  }
}
