// `npm run dev`: bundles the one-process server whenever a source changes and starts it again, on SQLite, in a data folder of its own.
// The backend key of its first start is kept beside that data and printed at each start, so that a terminal and a client can go on using it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, requireNode, root } from './prepare.mjs';

requireNode();
await ensureInstalled('all');
const { watchApp } = await import('./bundle-apps.mjs');

const outDir = join(root, 'dist-dev');
const dataDir = process.env.DATA_DIR ?? join(root, 'data-dev');
const keyFile = join(dataDir, 'backend-key');
const entry = join(outDir, 'standalone', 'main.js');
mkdirSync(dataDir, { recursive: true, mode: 0o700 });

const BACKEND_KEY = /Backend key:\s+([0-9a-f]{128})\s/;
const inspect = process.argv.slice(2).filter((arg) => arg.startsWith('--inspect'));
/** @type {import('node:child_process').ChildProcess | null} */
let server = null;

const stop = async () => {
  const ending = server;
  server = null;
  if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
  const ended = once(ending, 'exit');
  ending.kill('SIGTERM');
  await ended;
};

const keepBackendKey = (printed) => {
  const found = BACKEND_KEY.exec(printed)?.[1];
  if (found === undefined) return false;
  writeFileSync(keyFile, `${found}\n`, { mode: 0o600 });
  return true;
};

const start = () => {
  const child = spawn(process.execPath, ['--enable-source-maps', ...inspect, entry], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DATA_DIR: dataDir },
  });
  server = child;
  let printed = '';
  let isKept = existsSync(keyFile);
  if (isKept) process.stdout.write(`Backend key: ${readFileSync(keyFile, 'utf8')}`);
  child.stdout.on('data', (data) => {
    process.stdout.write(data);
    if (isKept) return;
    printed += String(data);
    isKept = keepBackendKey(printed);
  });
  child.once('exit', (code) => {
    if (server === child) process.stderr.write(`The server ended with ${code}. It starts again when a source changes.\n`);
  });
};

// One after the other: a source may change again while the server stops.
let turn = Promise.resolve();
const watcher = watchApp('standalone', outDir, {
  built: () => {
    turn = turn.then(stop).then(start);
  },
  failed: (error) => void process.stderr.write(`The build failed; the last good one runs on. ${error.message}\n`),
});

const end = async () => {
  await watcher.close();
  await turn;
  await stop();
  process.exit(0);
};
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void end());
