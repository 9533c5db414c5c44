import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { hashSync, verifySync } from '@node-rs/argon2';
import type { HashJob, HashReply, HashResult } from './hash-jobs.js';

/** Below the thread that validates. On Linux a priority belongs to a thread, not to its process. */
const NICE = 10;

// The synchronous calls: the asynchronous ones would use the pool of threads that the whole process shares with signatures and files.
const done = (job: HashJob): HashResult => (job.kind === 'hash' ? hashSync(job.password) : verifySync(job.hash, job.password));

const reply = (job: HashJob): HashReply => {
  try {
    return { ok: true, result: done(job) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : 'failed' };
  }
};

if (process.platform === 'linux') setPriority(NICE);
parentPort?.on('message', (job: HashJob) => parentPort?.postMessage(reply(job)));
