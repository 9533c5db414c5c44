import { Clock } from '@app/ports';
import { type Scheduler, toWholeTicks } from './scheduler.js';

/** One run of a program on a machine, from its start to its kill. What a dead one had still to do never happens. */
export class Life {
  readonly machine: Machine;
  alive = true;

  constructor(machine: Machine) {
    this.machine = machine;
  }
}

const FIRST_WALL = Date.UTC(2030, 0, 1);

/** Where a process runs: its clocks, and whether it is stopped. */
export class Machine {
  readonly name: string;
  readonly clock: Clock;
  life: Life;
  /** Virtual time until which nothing runs here (SIGSTOP, or a VM that sleeps). */
  stoppedUntil = 0;
  /** What the monotonic clock has missed while the VM slept. */
  #asleepMs = 0;
  #wallOffsetMs: number;
  readonly #monoOffsetMs: number;
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler, name: string, offsetMs: { readonly mono: number; readonly wall: number }) {
    this.#scheduler = scheduler;
    this.name = name;
    this.#monoOffsetMs = toWholeTicks(offsetMs.mono);
    this.#wallOffsetMs = offsetMs.wall;
    this.clock = new MachineClock(this, scheduler);
    this.life = new Life(this);
  }

  get mono(): number {
    return this.#scheduler.now - this.#asleepMs + this.#monoOffsetMs;
  }

  get wall(): number {
    return Math.floor(FIRST_WALL + this.#scheduler.now + this.#wallOffsetMs);
  }

  get isStopped(): boolean {
    return this.stoppedUntil > this.#scheduler.now;
  }

  stop(forMs: number): void {
    this.stoppedUntil = Math.max(this.stoppedUntil, this.#scheduler.now + forMs);
  }

  /** The monotonic clock stands still meanwhile, the wall clock does not. */
  sleepVm(forMs: number): void {
    this.stop(forMs);
    this.#asleepMs += forMs;
  }

  stepWall(ms: number): void {
    this.#wallOffsetMs += ms;
  }

  /** Ends what runs here at once; another program may be started. */
  kill(): void {
    this.life.alive = false;
    this.life = new Life(this);
  }
}

class MachineClock extends Clock {
  readonly #machine: Machine;
  readonly #scheduler: Scheduler;

  constructor(machine: Machine, scheduler: Scheduler) {
    super();
    this.#machine = machine;
    this.#scheduler = scheduler;
  }

  mono(): number {
    return this.#machine.mono;
  }

  wall(): number {
    return this.#machine.wall;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const { life } = this.#machine;
      const wake = (): void => {
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      signal?.addEventListener('abort', wake, { once: true });
      this.#wakeAt(this.#machine.mono + toWholeTicks(ms), life, wake, signal);
    });
  }

  /** Timers go by the monotonic clock: after a sleep of the VM what is left is still to be waited for. */
  #wakeAt(mono: number, life: Life, wake: () => void, signal: AbortSignal | undefined): void {
    this.#scheduler.later(mono - this.#machine.mono, life, () => {
      if (signal?.aborted === true) return;
      if (this.#machine.mono < mono) this.#wakeAt(mono, life, wake, signal);
      else wake();
    });
  }
}
