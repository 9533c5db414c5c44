// The standalone server as an operator starts it, in a new data folder, filled with users and their keys over its own API.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nextLine, SERVER_CORE, startNode, stopNode } from './processes.mjs';

export const VALIDATE_PATH = '/api/backend/v1/end_user_api_keys/validate';
const BACKEND_KEY = /\b[0-9a-f]{128}\b/;
const START_DEADLINE_MS = 60_000;

const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

const untilServing = async (origin) => {
  const until = Date.now() + START_DEADLINE_MS;
  while (Date.now() < until) {
    const status = await fetch(`${origin}${VALIDATE_PATH}`, { method: 'POST' }).then((answer) => answer.status, () => 0);
    if (status === 401) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The server did not begin to serve.');
};

const printedBackendKey = async (process) => {
  for (;;) {
    const found = BACKEND_KEY.exec(await nextLine(process, START_DEADLINE_MS));
    if (found !== null) return found[0];
  }
};

const newDataFolder = () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'keyfence-bench-'));
  const remove = () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  // At the latest at the end of the whole run, however it ends: the processes are gone by then (processes.mjs).
  globalThis.process.once('exit', remove);
  return { dataDir, remove };
};

/** `imports`: modules that Node loads before the server, to change or watch what a benchmark is about. */
export const startStandalone = async (entry, { imports = [] } = {}) => {
  const { dataDir, remove } = newDataFolder();
  const port = await freePort();
  const env = { PORT: String(port), HOST: '127.0.0.1', ADMIN_PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'warn', PLATFORM_LIMIT_PER_MINUTE: '1000000' };
  const given = (globalThis.process.env.BENCH_NODE_ARGS ?? '').split(' ').filter(Boolean);
  const args = [...given, ...imports.flatMap((path) => ['--import', pathToFileURL(path).href])];
  const process = startNode(SERVER_CORE, entry, { env, args });
  const backendKey = await printedBackendKey(process);
  const origin = `http://127.0.0.1:${port}`;
  await untilServing(origin);
  // What it goes on saying is read to nowhere: a full pipe would stop it.
  process.child.stdout.resume();
  return { process, port, origin, backendKey, dataDir, stop: () => stopNode(process).then(remove) };
};

/** Over `fetch`: for what a benchmark prepares, not for what it measures. */
export const post = async ({ origin, backendKey }, path, body) => {
  const answer = await fetch(`${origin}${path}`, {
    method: 'POST', headers: { authorization: `Bearer ${backendKey}`, 'content-type': 'application/json' }, body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${text}`);
  return text;
};

/** One personal key for each of `count` users, with what its validation answers. */
export const createKeys = async (server, count) => {
  const keys = [];
  for (let index = 0; index < count; index += 1) {
    const user = JSON.parse(await post(server, '/api/backend/v1/user/', { email: `bench-${index}@example.test`, first_name: 'Bench' }));
    const key = JSON.parse(await post(server, '/api/backend/v1/end_user_api_keys', { user_id: user.user_id, metadata: { plan: 'gold' } }));
    keys.push({ token: key.api_key_token, body: await post(server, VALIDATE_PATH, { api_key_token: key.api_key_token }) });
  }
  return keys;
};

/** A POST as bytes on the wire, for the load. ASCII only. */
export const postText = (backendKey, path, content) => {
  const body = JSON.stringify(content);
  const head = ['Host: 127.0.0.1', `Authorization: Bearer ${backendKey}`, 'Content-Type: application/json', `Content-Length: ${body.length}`];
  return `POST ${path} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n${body}`;
};

export const requestText = (backendKey, token) => postText(backendKey, VALIDATE_PATH, { api_key_token: token });
