// A standalone server that tells which files of ours each request enters: built from marked sources, on a temporary folder and free ports.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { entryMarks } from './entry-marks.mjs';
import { buildTemporarily } from './temporary-build.mjs';

/** @typedef {{ readonly origin: string, readonly authUrl: string, readonly backendKey: string }} Greeting */

const GREETING = /Keyfence is listening on\s+(?<origin>http:\/\/\S+)[\s\S]*Auth URL:\s+(?<authUrl>\S+)[\s\S]*Backend key:\s+(?<backendKey>[0-9a-f]{128})\s/;
const RECORDER = pathToFileURL(join(import.meta.dirname, 'record-entries.mjs')).href;

const launch = (distDir, dataDir) =>
  spawn(process.execPath, ['--enable-source-maps', '--import', RECORDER, join(distDir, 'standalone/main.js')], {
    // What the person at the terminal has set must not change the trace.
    env: { PATH: process.env.PATH, PORT: '0', ADMIN_PORT: '0', DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });

/** @returns {Promise<Greeting>} */
const greetingOf = (child) =>
  new Promise((resolve, reject) => {
    let printed = '';
    child.stderr.on('data', (data) => (printed += String(data)));
    child.stdout.on('data', (data) => {
      printed += String(data);
      const { groups } = GREETING.exec(printed) ?? {};
      if (groups !== undefined) resolve(/** @type {any} */ (groups));
    });
    child.once('close', () => reject(new Error(`The traced server ended before it was ready:\n${printed}`)));
  });

const headersOf = ({ fromPage = false }, { authUrl, backendKey }) => ({
  'content-type': 'application/json',
  ...(fromPage ? { host: new URL(authUrl).host, 'x-csrf-token': '-.-' } : { authorization: `Bearer ${backendKey}` }),
});

/** Resolves with the text of the answer. Rejects unless the status is 200. Each call has a connection of its own: the recorder needs that. */
const exchange = async (call, greeting) => {
  const { method, path, body } = call;
  const sent = request(greeting.origin + path, { method, agent: false, headers: headersOf(call, greeting) });
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = await once(sent, 'response');
  const answer = await text(response);
  if (response.statusCode !== 200) throw new Error(`${method} ${path} answered ${response.statusCode} ${answer}`);
  return answer;
};

/** Resolves when the server is ready. `stop` ends it, and removes its build and its data. */
export const startTracedServer = async () => {
  const build = await buildTemporarily({ name: 'traced', plugin: entryMarks, apps: ['standalone'] });
  const dataDir = mkdtempSync(join(tmpdir(), 'keyfence-traced-'));
  const child = launch(build.distDir, dataDir);
  const ended = new AbortController();
  const end = once(child, 'close').then(() => ended.abort(new Error('The traced server has ended.')));
  const stop = async () => {
    child.kill('SIGTERM');
    await end;
    build.remove();
    rmSync(dataDir, { recursive: true, force: true });
  };
  const greeting = await greetingOf(child).catch(async (error) => {
    await stop();
    throw error;
  });
  /**
   * Resolves with the answer, and with what its request has entered.
   *
   * @param {import('./traced-requests.mjs').Call} call
   * @returns {Promise<{ answer: string, entries: readonly import('./record-entries.mjs').Entry[] }>}
   */
  const trace = async (call) => {
    const [[{ entries }], answer] = await Promise.all([once(child, 'message', { signal: ended.signal }), exchange(call, greeting)]);
    return { answer, entries };
  };
  return { trace, stop };
};
