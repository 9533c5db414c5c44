import { describe, expect, it } from 'vitest';
import { AnswerReader, type HttpAnswer } from './answer-reader.js';

const FIRST = 'HTTP/1.1 200 OK\r\nContent-Length: 11\r\nX-Request-Id: a\r\n\r\n{"a":"b\r\n"}'.replace('11', String('{"a":"b\r\n"}'.length));
const SECOND = 'HTTP/1.1 404 Not Found\r\nx-request-id: b\r\ncontent-length: 0\r\nKeep-Alive: timeout=60\r\n\r\n';
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n';
const ALL = [
  { status: 200, text: '{"a":"b\r\n"}' },
  { status: 404, text: '' },
  { status: 200, text: '{"a":1}' },
];

const shown = ({ status, text }: HttpAnswer): unknown => ({ status, text });
const readAll = (pieces: readonly string[]): readonly unknown[] => {
  const reader = new AnswerReader();
  const answers: unknown[] = [];
  for (const piece of pieces) {
    reader.push(piece);
    for (let answer = reader.take(); answer !== null; answer = reader.take()) answers.push(shown(answer));
  }
  expect(reader.isEmpty).toBe(true);
  return answers;
};

describe('an answer', () => {
  it('is read from pieces cut anywhere', () => {
    const text = FIRST + SECOND + CHUNKED;
    for (let cut = 0; cut <= text.length; cut += 1) expect(readAll([text.slice(0, cut), text.slice(cut)])).toEqual(ALL);
    expect(readAll(text.split(''))).toEqual(ALL);
  });

  it('is not there before its last byte', () => {
    const reader = new AnswerReader();
    reader.push(FIRST.slice(0, -1));
    expect([reader.take(), reader.isEmpty]).toEqual([null, false]);
    reader.push(FIRST.slice(-1));
    expect(reader.take()).toMatchObject({ status: 200, text: '{"a":"b\r\n"}' });
    expect(reader.isEmpty).toBe(true);
  });

  it.each(['HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n', 'what\r\nContent-Length: 0\r\n\r\n'])('whose end cannot be known is an error', (text) => {
    const reader = new AnswerReader();
    reader.push(text);
    expect(() => reader.take()).toThrow('without status or length');
  });

  it('to a HEAD request ends with its head, whatever length it names', () => {
    const reader = new AnswerReader();
    reader.push(FIRST.slice(0, FIRST.indexOf('\r\n\r\n') + 4) + SECOND);
    expect([reader.take(true)?.status, reader.take()?.status, reader.isEmpty]).toEqual([200, 404, true]);
  });

  it('is UTF-8 text although its bytes are counted one by one', () => {
    const body = '{"name":"Zoë 🙂"}';
    const reader = new AnswerReader();
    reader.push(Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`).toString('latin1'));
    expect(reader.take()?.text).toBe(body);
  });
});
