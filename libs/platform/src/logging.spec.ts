import { EventEmitter } from 'node:events';
import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it } from 'vitest';
import { BurstLog, NestPinoLogger, type RequestLine, withoutSecrets } from './logging.js';
import { endOnFaults } from './process-faults.js';
import { LoggedLines } from '@test/support/observed/logged-lines.js';

afterEach(() => Logger.overrideLogger(['error', 'warn']));

const spoken = (speak: (logger: Logger) => void): LoggedLines => {
  const logged = new LoggedLines();
  Logger.overrideLogger(new NestPinoLogger(logged.pino));
  speak(new Logger('usage'));
  return logged;
};

describe('a line of the log', () => {
  it('has level, time, who speaks and what, and nothing else', () => {
    const { lines } = spoken((logger) => logger.warn('Usage waits in memory.'));
    expect(lines).toEqual([
      { level: 'warn', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string, pid: process.pid, context: 'usage', msg: 'Usage waits in memory.' },
    ]);
  });

  it("has it at every level, and Nest's own news are left out", () => {
    const logged = spoken((logger) => {
      for (const level of ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'] as const) logger[level]('x');
    });
    expect(logged.lines.map(({ level, context, msg }) => [level, context, msg])).toEqual(
      ['fatal', 'error', 'warn', 'debug', 'debug', 'trace'].map((level) => [level, 'usage', 'x']),
    );
  });

  it('that is written for a request names it', () => {
    const { lines } = spoken((logger) => logger.error({ requestId: 'r-1', text: 'failed' } satisfies RequestLine));
    expect(lines[0]).toMatchObject({ requestId: 'r-1', msg: 'failed', context: 'usage' });
  });

  it('keeps the stack of an error, given beside the text or as itself', () => {
    const error = new Error('broken');
    const { lines } = spoken((logger) => {
      logger.error('failed', error.stack);
      logger.error(error);
    });
    expect(lines[0]).toMatchObject({ msg: 'failed', stack: error.stack, context: 'usage' });
    expect(lines[1]).toMatchObject({ msg: 'broken', err: { type: 'Error', stack: error.stack }, context: 'usage' });
  });
});

const HEX = 'a1b2c3d4e5f60718';
const TOKENS = [
  ['a token', HEX.repeat(6)],
  ['its random part', HEX.repeat(4).slice(0, 56)],
  ['a backend key', HEX.repeat(8)],
  ['a token with a prefix', `acme_live_${HEX.repeat(6)}`],
  ['an upper-case token', HEX.repeat(6).toUpperCase()],
  ['a bearer of any form', 'Bearer my legacy'.replace('my legacy', 'le-ga.cy~1')],
  ['an access token', `eyJhbGciOiJSUzI1NiJ9.${'eyJzdWIiOiIx'}.c2lnbmF0dXJl`],
] as const;

describe('the net below the log', () => {
  it.each(TOKENS)('holds back %s in a text, an error and a field', (_what, token) => {
    const secret = token.replace(/^Bearer /, '').replace('acme_live_', '');
    const logged = new LoggedLines();
    const error = Object.assign(new Error(`"${token}" is not known`, { cause: new Error(token) }), { detail: { asked: `${token}, twice` } });
    logged.pino.error({ context: 'x', err: error, headers: [token] }, `Got ${token}`);
    new NestPinoLogger(logged.pino).error({ requestId: 'r', text: `at ${token}:1` } satisfies RequestLine, 'x');
    expect(logged.lines.length).toBe(2);
    expect(logged.raw.join('')).not.toContain(secret);
    expect(logged.lines[0]).toMatchObject({ msg: expect.stringContaining('[redacted]') as string });
  });

  it('holds back the headers that open doors', () => {
    const logged = new LoggedLines();
    logged.pino.warn({ req: { headers: { authorization: 'short', cookie: 'short', 'x-api-key': 'short', host: 'h' } } }, 'x');
    expect(logged.raw[0]).not.toContain('short');
    expect(logged.lines[0]).toMatchObject({ req: { headers: { host: 'h' } } });
  });

  it('lets ids pass', () => {
    const line = `{"requestId":"${HEX.repeat(2)}","user":"0f8fad5b-d9cb-469f-a165-70867728950e","msg":"key ${HEX.repeat(2)} at 0000000000000001"}`;
    expect(withoutSecrets(line)).toBe(line);
  });
});

it('a burst is its first line, and then a line a second that says how many were left out', () => {
  const lines: RequestLine[] = [];
  let nowMs = 10;
  const burst = new BurstLog(
    (line) => void lines.push(line),
    () => nowMs,
  );
  for (let index = 0; index < 500; index += 1) burst.say({ requestId: `r${index}`, text: 'No answer.' });
  nowMs = 1_009;
  burst.say({ requestId: 'late', text: 'No answer.' });
  expect(lines).toEqual([{ requestId: 'r0', text: 'No answer.' }]);
  nowMs = 1_010;
  for (const requestId of ['next', 'over']) burst.say({ requestId, text: 'No answer.' });
  expect(lines.slice(1)).toEqual([{ requestId: 'next', text: 'No answer. (500 such lines before it were left out)' }]);
});

it.each([
  ['uncaughtException', 'An error was not caught'],
  ['unhandledRejection', 'A rejection was not handled'],
])('an %s is one fatal line, and the end', (event, what) => {
  const logged = new LoggedLines();
  const [faults, ended] = [new EventEmitter(), [] as number[]];
  endOnFaults(logged.pino, faults, (code) => void ended.push(code));
  faults.emit(event, new Error('broken'));
  faults.emit(event, 'only a text');
  expect(ended).toEqual([1, 1]);
  expect(logged.lines).toMatchObject([
    { level: 'fatal', context: 'process', msg: `${what}. The process ends.`, err: { message: 'broken', stack: expect.any(String) as string } },
    { level: 'fatal', context: 'process', err: { message: 'only a text' } },
  ]);
});
