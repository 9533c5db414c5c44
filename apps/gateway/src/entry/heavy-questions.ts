import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { overLimit } from './limits.js';

/** How long a caller's next question waits for the one before. */
const WAIT_MS = 2_000;
const RETRY_AFTER_MS = 1_000;

/**
 * Questions whose answer is long: a caller has one at a time, and all of them together do one part after another with a rest in between.
 * In one process the thread that reads the parts is the one that validates, so without this a few lists hold up every validation.
 */
@Injectable()
export class HeavyQuestions {
  readonly #running = new Map<string, Promise<unknown>>();
  #parts: Promise<unknown> = Promise.resolve();

  /** Waits briefly while the caller has a question under way; refuses with RATE_LIMITED when that takes longer. */
  async oneAtATime<Answer>(caller: string, reply: FastifyReply, ask: () => Promise<Answer>): Promise<Answer> {
    const untilMs = performance.now() + WAIT_MS;
    for (let before = this.#running.get(caller); before !== undefined; before = this.#running.get(caller)) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0 || !(await endsWithin(before, leftMs))) throw overLimit(reply, RETRY_AFTER_MS, 'Another list for this caller is under way.');
    }
    const asking = ask();
    this.#running.set(caller, asking);
    try {
      return await asking;
    } finally {
      this.#running.delete(caller);
    }
  }

  /** Reads a part when its turn comes. */
  part<Part>(read: () => Promise<Part>): Promise<Part> {
    const mine = this.#parts.then(read);
    this.#parts = mine.then(rest, rest);
    return mine;
  }
}

/** A timer, and so a turn of the event loop: what arrived meanwhile is answered first. */
const rest = (): Promise<void> => sleep(1);

const endsWithin = async (asking: Promise<unknown>, ms: number): Promise<boolean> => {
  const ended = new AbortController();
  const late = sleep(ms, false, { signal: ended.signal }).catch(() => true);
  const done = asking.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([done, late]);
  } finally {
    ended.abort();
  }
};
