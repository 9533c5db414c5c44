// Servers on folders that are filled beforehand, stopped and started again, and what their files and their processes say of them.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import Database from 'libsql';
import { fillLogInChild } from './fill-log.mjs';
import { benchFolder, nextLine, SERVER_CORE, startNode, stopNode } from './processes.mjs';
import { VALIDATE_PATH } from './standalone.mjs';

const START_DEADLINE_MS = 120_000;
const LISTENING = /listening on (http:\/\/\S+)/;
const BACKEND_KEY = /\b[0-9a-f]{128}\b/;
const MEMORY = /^memory (.*)$/;

const lineThatMatches = async (process, pattern) => {
  for (;;) {
    const found = pattern.exec(await nextLine(process, START_DEADLINE_MS));
    if (found !== null) return found;
  }
};

/** One validation over a new connection, for what is not measured by many. */
export const validateOnce = async ({ origin, backendKey }, token) => {
  const headers = { authorization: `Bearer ${backendKey}`, 'content-type': 'application/json' };
  const answer = await fetch(origin + VALIDATE_PATH, { method: 'POST', headers, body: JSON.stringify({ api_key_token: token }) });
  await answer.arrayBuffer();
  if (answer.status !== 200) throw new Error(`A key in the log was answered ${answer.status}.`);
};

/** `folder`: `{entry, dataDir, backendKey?}`. Resolves when it listens; `startedAt` is the moment before the process was made. */
export const startOn = async ({ entry, dataDir, backendKey }) => {
  const env = { PORT: '0', HOST: '127.0.0.1', ADMIN_PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'warn', PLATFORM_LIMIT_PER_MINUTE: '1000000000' };
  const given = (globalThis.process.env.BENCH_NODE_ARGS ?? '').split(' ').filter(Boolean);
  const startedAt = performance.now();
  const process = startNode(SERVER_CORE, entry, { env, args: [...given, '--import', pathToFileURL(join(benchFolder, 'heap-probe.mjs')).href] });
  const [, origin] = await lineThatMatches(process, LISTENING);
  const key = backendKey ?? (await lineThatMatches(process, BACKEND_KEY))[0];
  const heap = async () => {
    process.say({});
    return JSON.parse((await lineThatMatches(process, MEMORY))[1]);
  };
  return { process, origin, port: Number(new URL(origin).port), backendKey: key, dataDir, startedAt, heap, stop: () => stopNode(process), kill: () => stopNode(process, 'SIGKILL') };
};

/** A new folder that a server has begun, then filled (fill-log.mjs). Removed at the end of the run, however it ends. */
export const filledFolder = async (entry, groups, settings = {}) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'keyfence-bench-'));
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }));
  const first = await startOn({ entry, dataDir });
  await first.stop();
  const startedAt = performance.now();
  const filled = await fillLogInChild(dataDir, groups, { settings, entry });
  const seconds = (performance.now() - startedAt) / 1_000;
  console.log(`A log of ${filled.head} commits, ${filled.keys} of them keys, made in ${seconds.toFixed(0)} s.`);
  return { entry, dataDir, backendKey: first.backendKey, ...filled };
};

const CASCADE_CHUNKS = "SELECT count(*) AS n FROM commit_tags WHERE tag >= ? AND tag < ?";

/** Looks at the server's files, not at the server: a question to it would be load of another kind. */
export const watchFiles = ({ dataDir }) => {
  const open = (name) => {
    const db = new Database(join(dataDir, name));
    db.pragma('busy_timeout = 5000');
    db.pragma('query_only = 1');
    return db;
  };
  const [log, views] = [open('log.db'), open('views.db')];
  const head = () => log.prepare('SELECT max(pos) AS pos FROM commits').all()[0].pos;
  const projected = () => Math.min(...['keys', 'directory'].map((name) => views.prepare('SELECT pos FROM projections WHERE name = ?').all(name)[0]?.pos ?? 0));
  return {
    head,
    projected,
    /** Commits of the cascade after the cause at `pos`. */
    chunksOf: (pos) => log.prepare(CASCADE_CHUNKS).all(`command-cascade-${pos}-`, `command-cascade-${pos}.`)[0].n,
    posOfBlock: (userId) => log.prepare('SELECT max(pos) AS pos FROM commit_tags WHERE tag = ?').all(`user-${userId}`)[0].pos,
    untilProjected: async () => {
      while (projected() < head()) await pause(200);
    },
    stop: () => {
      log.close();
      views.close();
    },
  };
};

/** Bytes in memory now, and the most it ever had, where Linux tells. */
export const memoryOf = ({ process: { child } }) => {
  try {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    const of = (field) => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) * 1_024;
    return { now: of('VmRSS'), peak: of('VmHWM') };
  } catch {
    return { now: Number.NaN, peak: Number.NaN };
  }
};

export const megabytes = (bytes) => (bytes / 1_048_576).toFixed(0);
