import { describe, expect, it } from 'vitest';
import { AnswerReader } from './answer-reader.js';

const FIRST = 'HTTP/1.1 200 OK\r\nContent-Length: 11\r\nX-Request-Id: a\r\n\r\n{"a":"b\r\n"}'.replace('11', String('{"a":"b\r\n"}'.length));
const SECOND = 'HTTP/1.1 404 Not Found\r\nx-request-id: b\r\ncontent-length: 0\r\nKeep-Alive: timeout=60\r\n\r\n';
const BOTH = [{ status: 200, body: '{"a":"b\r\n"}' }, { status: 404, body: '' }];

const readAll = (pieces: readonly string[]): readonly unknown[] => {
  const reader = new AnswerReader();
  const answers: unknown[] = [];
  for (const piece of pieces) {
    reader.push(piece);
    for (let answer = reader.take(); answer !== null; answer = reader.take()) answers.push(answer);
  }
  expect(reader.isEmpty).toBe(true);
  return answers;
};

describe('an answer', () => {
  it('is read from pieces cut anywhere', () => {
    const text = FIRST + SECOND;
    for (let cut = 0; cut <= text.length; cut += 1) expect(readAll([text.slice(0, cut), text.slice(cut)])).toEqual(BOTH);
    expect(readAll(text.split(''))).toEqual(BOTH);
  });

  it('is not there before its last byte', () => {
    const reader = new AnswerReader();
    reader.push(FIRST.slice(0, -1));
    expect([reader.take(), reader.isEmpty]).toEqual([null, false]);
    reader.push(FIRST.slice(-1));
    expect([reader.take(), reader.isEmpty]).toEqual([BOTH[0], true]);
  });

  it.each(['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 'what\r\nContent-Length: 0\r\n\r\n'])('whose end cannot be known is an error', (text) => {
    const reader = new AnswerReader();
    reader.push(text);
    expect(() => reader.take()).toThrow('without status or length');
  });
});
