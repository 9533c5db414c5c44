import type { Clock } from '@app/ports';
import type { FenceParameters } from '../protocol/parameters.js';

/** Both clocks at one moment. */
export interface Moment {
  readonly mono: number;
  readonly wall: number;
}

/** The right to answer from memory. It is not a flag and not a timer: each question reads the clocks. */
export class Lease {
  readonly #clock: Clock;
  #parameters: FenceParameters | null = null;
  #grant: Moment | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  setParameters(parameters: FenceParameters): void {
    this.#parameters = parameters;
  }

  moment(): Moment {
    return { mono: this.#clock.mono(), wall: this.#clock.wall() };
  }

  /** `sent`: taken before the renewal was sent (mutant "lease from receive time"). A grant older than the current one changes nothing. */
  grant(sent: Moment): void {
    if (this.#grant === null || sent.mono > this.#grant.mono) this.#grant = sent;
  }

  drop(): void {
    this.#grant = null;
  }

  /**
   * To be called in the synchronous block that reads the records: a process that was stopped in between would answer from an expired
   * lease (mutant "timer flag instead of clock"). Both clocks count, because the monotonic one stops while a VM sleeps.
   */
  held(): boolean {
    const grant = this.#grant;
    const parameters = this.#parameters;
    if (grant === null || parameters === null) return false;
    const mono = this.#clock.mono() - grant.mono;
    const wall = this.#clock.wall() - grant.wall;
    if (Math.abs(wall - mono) > parameters.clockToleranceMs) {
      this.#grant = null;
      return false;
    }
    return mono < parameters.leaseNodeMs && wall < parameters.leaseNodeMs;
  }

  /** For metrics; 0 without a lease. */
  remainingMs(): number {
    if (!this.held() || this.#grant === null || this.#parameters === null) return 0;
    const elapsed = Math.max(this.#clock.mono() - this.#grant.mono, this.#clock.wall() - this.#grant.wall);
    return Math.max(0, this.#parameters.leaseNodeMs - elapsed);
  }
}

/** Far more than two clocks differ in rate; being an hour ahead is made up after four days. */
const PACE_WHEN_AHEAD = 0.99;

/** The time that expiry uses: a slow clock of this machine must not keep a key alive. */
export class NodeTime {
  readonly #clock: Clock;
  #heardNow = 0;
  #heardMono = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * The authority's `now` of a renewal, fill or strong read. One that is earlier than the known time, because the message was slow or the
   * authority's clock was set back, must not revive keys that have expired. A lead is made up slowly, so that two clocks
   * of different rates do not drift apart forever.
   */
  heard(now: number): void {
    this.#heardNow = Math.max(now, this.#heardNow + PACE_WHEN_AHEAD * this.#sinceHeardMs());
    this.#heardMono = this.#clock.mono();
  }

  now(): number {
    return Math.max(this.#clock.wall(), this.#heardNow + this.#sinceHeardMs());
  }

  #sinceHeardMs(): number {
    return this.#clock.mono() - this.#heardMono;
  }
}
