import 'reflect-metadata';
import { type INestMicroservice, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { ClientProxy, CustomTransportStrategy } from '@nestjs/microservices';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '@app/messages';
import { Refusal } from '@app/domain';
import { type Caller, type Done, messageController, RpcClient, RpcDeadlines, useCasesOf } from '@app/platform';

/** Both ends of a transport. The server's end is started by Nest, with the handlers on it. */
export interface OpenTransport {
  readonly server: CustomTransportStrategy;
  readonly client: ClientProxy;
  close(): Promise<void>;
}

const QUERY_MS = 30_000;
/** Of the one caller who is to find silence: too short for a hundred calls on a busy machine. */
const IMPATIENT_MS = 150;
const SECRET = 'what broke inside';
const caller: Caller = { requestId: 'r-1', commandId: 'c-1', environmentId: 'e-1', actor: 'operator' };

// Subjects as the services have them; what the use cases do is this suite's own.

/** Returns what it was sent, and as what class it came. */
class Echo {
  run(message: Message<unknown>): Promise<Done<never>> {
    const echoed = { message, isDate: Object.values(message.data as object)[0] instanceof Date };
    return Promise.resolve({ data: echoed as never, pos: 7 });
  }
}
class Refuse {
  run(): Promise<never> {
    throw new Refusal('INVALID_FIELDS', { fields: { email: ['Choose another one.'], username: ['Too long.', 'Odd.'] }, subjectId: 'u-1' });
  }
}
class Fail {
  run(): Promise<never> {
    throw new TypeError(SECRET);
  }
}
class AnswerLate {
  async run(): Promise<Done<never>> {
    await new Promise((resolve) => {
      setTimeout(resolve, 10 * IMPATIENT_MS);
    });
    return { data: {} as never, pos: 1 };
  }
}
class NoServices {}

const TABLE = { 'keys.fetch-key': Echo, 'directory.create-user': Refuse, 'keys.issue-key': Fail, 'directory.fetch-user': AnswerLate };

@Module({ controllers: [messageController(TABLE, { services: NoServices })], providers: [...useCasesOf(TABLE), NoServices] })
class HandlersModule {}

const refusalOf = async (call: Promise<unknown>): Promise<Refusal> => {
  const outcome: unknown = await call.then(
    (data) => new Error(`It answered ${JSON.stringify(data)}.`),
    (error: unknown) => error,
  );
  if (outcome instanceof Refusal) return outcome;
  throw outcome;
};

/** What every way between services must do, so that no service can tell which one it is on. */
export const rpcTransportContract = (name: string, open: () => Promise<OpenTransport>): void => {
  describe(`request and reply between services: ${name}`, () => {
    let transport: OpenTransport;
    let app: INestMicroservice;
    let rpc: RpcClient;

    beforeAll(async () => {
      transport = await open();
      app = await NestFactory.createMicroservice(HandlersModule, { strategy: transport.server, logger: false });
      await app.listen();
      rpc = new RpcClient(transport.client, new RpcDeadlines(1_000, QUERY_MS));
    });
    afterAll(async () => {
      await app.close();
      await transport.close();
    });

    it('carries JSON and nothing else, both ways', async () => {
      const sent = { keyId: new Date(0), left: undefined, text: 'ключ \u0000 "', nested: [{ deep: [1.5, null, true] }] };
      const answer: unknown = await rpc.call('keys.fetch-key', sent as never, caller);
      expect(answer).toEqual({
        isDate: false,
        message: {
          meta: { ...caller, leftMs: QUERY_MS },
          data: { keyId: '1970-01-01T00:00:00.000Z', text: 'ключ \u0000 "', nested: [{ deep: [1.5, null, true] }] },
        },
      });
      expect(Object.keys((answer as { message: { data: object } }).message.data)).not.toContain('left');
    });

    it('does not share what it carries: neither side sees what the other does to its copy', async () => {
      const data = { keyId: 'k-1' };
      const [first, second] = (await Promise.all([rpc.call('keys.fetch-key', data, caller), rpc.call('keys.fetch-key', data, caller)])) as unknown as [
        object,
        object,
      ];
      expect(first).toEqual(second);
      expect((first as { message: { data: object } }).message.data).not.toBe(data);
    });

    it('a refusal comes back as one, with its code, fields and subject', async () => {
      const { code, fields, subjectId } = await refusalOf(rpc.call('directory.create-user', {} as never, caller));
      expect({ code, fields, subjectId }).toEqual({
        code: 'INVALID_FIELDS',
        fields: { email: ['Choose another one.'], username: ['Too long.', 'Odd.'] },
        subjectId: 'u-1',
      });
    });

    it('a fault of the other side is "undecided", without a word of what broke', async () => {
      const refusal = await refusalOf(rpc.call('keys.issue-key', {} as never, caller));
      expect(refusal.code).toBe('UNAVAILABLE');
      expect(`${refusal.message}${JSON.stringify(refusal.fields)}`).not.toContain(SECRET);
    });

    it('silence is "undecided" when the deadline has passed', async () => {
      const impatient = new RpcClient(transport.client, new RpcDeadlines(1_000, IMPATIENT_MS));
      const began = performance.now();
      expect((await refusalOf(impatient.call('directory.fetch-user', {} as never, caller))).code).toBe('UNAVAILABLE');
      expect(performance.now() - began).toBeLessThan(9 * IMPATIENT_MS);
    });

    it('a subject without a handler is "undecided", and later calls are not', async () => {
      expect((await refusalOf(rpc.call('directory.list-environments', {}, caller))).code).toBe('UNAVAILABLE');
      expect(await rpc.call('keys.fetch-key', { keyId: 'k-2' }, caller)).toMatchObject({ isDate: false });
    });

    it('a hundred calls at once get their own answers', async () => {
      const ids = Array.from({ length: 100 }, (_, index) => `k-${index}`);
      const answers = await Promise.all(ids.map((keyId) => rpc.call('keys.fetch-key', { keyId }, caller)));
      expect(answers.map((answer) => (answer as unknown as { message: { data: { keyId: string } } }).message.data.keyId)).toEqual(ids);
    });
  });
};
