// A load of refreshes: each session shows the token that it was given last, so this cannot be a list of requests made before.
// One `RefreshRound` in, one result line out, with the newest tokens. One connection for each session. Without the header that tells a
// browser: a browser's token, like one that a server shows, is not rotated again within ten seconds, and nothing would be stored.
import { createInterface } from 'node:readline';
import { HttpConnection, requestText } from '@test/support/clients/http-connection.js';
import { latenciesOf } from '../harness/numbers.js';
import type { RefreshResult, RefreshRound } from './refresh-protocol.js';

const REFRESH_PATH = '/api/v1/refresh_token';
const REFRESH_COOKIE = 'refresh_token';
const NEXT_TOKEN = new RegExp(`^set-cookie: ${REFRESH_COOKIE}=([^;\\r]+)`, 'im');

const refresh = async (connection: HttpConnection, token: string): Promise<string> => {
  const headers = { host: '127.0.0.1', cookie: `${REFRESH_COOKIE}=${token}` };
  const { status, text, head } = await connection.exchange(requestText({ method: 'GET', path: REFRESH_PATH, headers }));
  if (status !== 200) throw new Error(`A refresh answered ${String(status)}: ${text}`);
  const next = NEXT_TOKEN.exec(head)?.[1];
  if (next === undefined || next === token) throw new Error('A refresh did not rotate the token.');
  return next;
};

const run = async ({ port, tokens, seconds }: RefreshRound): Promise<RefreshResult> => {
  const connections = await Promise.all(tokens.map(() => new HttpConnection(port).opened()));
  const startedAt = performance.now();
  const latenciesMs: number[] = [];
  const lane = async (connection: HttpConnection, first: string): Promise<string> => {
    let token = first;
    while (performance.now() - startedAt < seconds * 1_000) {
      const sentAt = performance.now();
      token = await refresh(connection, token);
      latenciesMs.push(performance.now() - sentAt);
    }
    connection.close();
    return token;
  };
  const newest = await Promise.all(connections.map((connection, index) => lane(connection, tokens[index] ?? '')));
  const elapsedMs = performance.now() - startedAt;
  const answers = latenciesMs.length;
  return { tokens: newest, answers, unexpected: 0, lastUnexpected: null, elapsedMs, perSecond: (answers * 1_000) / elapsedMs, ...latenciesOf(latenciesMs) };
};

for await (const line of createInterface({ input: process.stdin })) process.stdout.write(`${JSON.stringify(await run(JSON.parse(line) as RefreshRound))}\n`);
