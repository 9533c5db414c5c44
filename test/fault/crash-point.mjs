// Loaded before a server (`node --import`): kills its own process at a place that a signal from outside never hits on purpose.
//   {"kind":"step","number":12,"after":true}                       the 12th change of a file, before or after it
//   {"kind":"commit","number":3,"moment":"inside","delayUs":40}    the 3rd COMMIT of the log: before it, after it, or inside: some
//                                                                  microseconds after its first byte is in the file and before it returns
//   {"kind":"count"}                                               kills nothing; `report` gets a dot for every step
import fs from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

const IDLE = 0;
const ARMED = 1;
const WATCHING = 2;
const OVER = 3;

/** Of the two threads the first to say so: the second kills inside COMMIT, the first after it. */
const isFirst = (state) => Atomics.compareExchange(state, 0, WATCHING, OVER) === WATCHING;

const die = () => {
  process.kill(process.pid, 'SIGKILL');
  // The signal is on its way; nothing of this thread may run on until it is there.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
};

// Taken before it is wrapped: what is reported is not a step.
const { appendFileSync } = fs;

const FILE_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** Reads the place in the write-ahead log that the next transaction's first bytes go to; the shared memory beside it knows where. */
const nextFrame = (path) => {
  const wal = fs.openSync(`${path}-wal`, 'r');
  const header = Buffer.alloc(FILE_HEADER_BYTES);
  fs.readSync(wal, header, 0, FILE_HEADER_BYTES, 0);
  const frames = fs.readFileSync(`${path}-shm`).readUInt32LE(16);
  const offset = FILE_HEADER_BYTES + frames * (FRAME_HEADER_BYTES + header.readUInt32BE(8));
  const frame = Buffer.alloc(FRAME_HEADER_BYTES);
  return () => {
    const bytes = fs.readSync(wal, frame, 0, FRAME_HEADER_BYTES, offset);
    return frame.toString('latin1', 0, bytes);
  };
};

/** The second thread: it runs while the first is inside SQLite. */
const watch = ({ state, path, delayUs }) => {
  Atomics.wait(state, 0, IDLE);
  const read = nextFrame(path);
  const before = read();
  Atomics.store(state, 0, WATCHING);
  Atomics.notify(state, 0);
  while (Atomics.load(state, 0) === WATCHING && read() === before);
  const until = process.hrtime.bigint() + BigInt(delayUs) * 1_000n;
  while (Atomics.load(state, 0) === WATCHING && process.hrtime.bigint() < until);
  if (isFirst(state)) process.kill(process.pid, 'SIGKILL');
};

const wrap = (owner, name, around) => {
  const original = owner[name];
  owner[name] = function wrapped(...args) {
    return around(() => original.apply(this, args), args, this);
  };
};

const arm = (path, delayUs) => {
  const state = new Int32Array(new SharedArrayBuffer(4));
  new Worker(new URL(import.meta.url), { workerData: { state, path, delayUs }, execArgv: [], env: {} });
  return state;
};

const atCommit = (Database, { number, moment, delayUs, report }) => {
  const files = new WeakMap();
  let seen = 0;
  let state = null;
  const fileOf = (db) => {
    if (!files.has(db)) files.set(db, db.prepare('PRAGMA database_list').all()[0].file);
    return files.get(db);
  };
  wrap(Database.prototype, 'exec', (run, [sql], db) => {
    if (sql !== 'COMMIT' || !fileOf(db).endsWith('/log.db')) return run();
    seen += 1;
    if (moment === 'inside' && state === null) state = arm(fileOf(db), delayUs);
    if (seen < number) return run();
    if (moment === 'before') die();
    if (state !== null) {
      Atomics.store(state, 0, ARMED);
      Atomics.notify(state, 0);
      while (Atomics.load(state, 0) === ARMED) Atomics.wait(state, 0, ARMED);
    }
    run();
    if (state !== null && isFirst(state)) appendFileSync(report, 'It had returned.');
    die();
  });
};

const atStep = (Database, { kind, number, after, report }) => {
  let steps = 0;
  let inside = false;
  const step = (run) => {
    // A step made of others (a transaction function) is seen as those.
    if (inside) return run();
    steps += 1;
    if (kind === 'step' && steps === number && !after) die();
    inside = true;
    try {
      return run();
    } finally {
      inside = false;
      if (kind === 'step' && steps === number) die();
      if (kind === 'count') appendFileSync(report, '.');
    }
  };
  wrap(Database.prototype, 'exec', step);
  let Statement = null;
  wrap(Database.prototype, 'prepare', (run) => {
    const statement = run();
    if (Statement === null) {
      Statement = Object.getPrototypeOf(statement);
      wrap(Statement, 'run', step);
    }
    return statement;
  });
  for (const name of ['mkdirSync', 'fsyncSync', 'renameSync', 'rmSync']) wrap(fs, name, step);
  wrap(fs, 'openSync', (run, [, flags]) => (flags === 'w' ? step(run) : run()));
  wrap(fs, 'writeSync', (run, [handle]) => (handle > 2 ? step(run) : run()));
  syncBuiltinESMExports();
};

if (isMainThread) {
  const point = JSON.parse(process.env.CRASH_POINT);
  const Database = createRequire(import.meta.url)('libsql');
  if (point.kind === 'commit') atCommit(Database, point);
  else atStep(Database, point);
} else {
  watch(workerData);
}
