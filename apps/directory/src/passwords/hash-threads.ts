import { Worker } from 'node:worker_threads';
import type { HashJob, HashReply, HashResult } from './hash-jobs.js';

interface Running {
  resolve(result: HashResult): void;
  reject(error: Error): void;
}

/** Threads that hash one password each at a time. They start with the first jobs and do not keep the process alive. */
export class HashThreads {
  readonly #file: string;
  readonly #idle: Worker[] = [];
  readonly #running = new Map<Worker, Running>();
  #closed = false;
  #whenIdle: (() => void) | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  /** Starts a thread if none is idle, so the caller bounds how many there are. Rejects if the thread ends or the library refuses. */
  run(job: HashJob): Promise<HashResult> {
    if (this.#closed) return Promise.reject(new Error('The hash threads are closed.'));
    const thread = this.#idle.pop() ?? this.#started();
    return new Promise<HashResult>((resolve, reject) => {
      this.#running.set(thread, { resolve, reject });
      thread.ref();
      thread.postMessage(job);
    });
  }

  /** Waits for the running hashes, a few of them at most, because a thread that is terminated within a native call ends only after it. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#running.size > 0) {
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
    }
    await Promise.all(this.#idle.splice(0).map((thread) => thread.terminate()));
  }

  #started(): Worker {
    const thread = new Worker(this.#file);
    thread.on('message', (reply: HashReply) => {
      this.#idle.push(thread);
      thread.unref();
      this.#settle(thread, (running) => (reply.ok ? running.resolve(reply.result) : running.reject(new Error(reply.message))));
    });
    const died = (error: Error): void => {
      const place = this.#idle.indexOf(thread);
      if (place !== -1) this.#idle.splice(place, 1);
      this.#settle(thread, (running) => running.reject(error));
    };
    thread.on('error', died);
    thread.on('exit', () => died(new Error('A hash thread has ended.')));
    return thread;
  }

  #settle(thread: Worker, act: (running: Running) => void): void {
    const running = this.#running.get(thread);
    if (running === undefined) return;
    this.#running.delete(thread);
    act(running);
    if (this.#running.size === 0) this.#whenIdle?.();
  }
}
