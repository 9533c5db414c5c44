import { connect } from 'node:net';
import { LOOPBACK } from './free-port.js';

const ATTEMPT_MS = 2_000;

/** Connects, sends `question`, collects until `isWhole`, and closes. Rejects on any failure, and after two seconds. */
export const askOverTcp = (port: number, question: string | Uint8Array, isWhole: (answer: Buffer) => boolean): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    let answer = Buffer.alloc(0);
    const socket = connect({ port, host: LOOPBACK, timeout: ATTEMPT_MS });
    const fail = (why: string): void => {
      socket.destroy();
      reject(new Error(`Port ${String(port)}: ${why}`));
    };
    if (question.length > 0) socket.write(question);
    socket.once('timeout', () => fail('no answer'));
    socket.once('error', (error) => fail(error.message));
    socket.once('close', () => fail('closed'));
    socket.on('data', (chunk: Buffer) => {
      answer = Buffer.concat([answer, chunk]);
      if (!isWhole(answer)) return;
      resolve(answer);
      socket.destroy();
    });
  });
