import type { AckMessage, FenceAuthorityHandlers, FenceTransport, PushMessage, RenewAnswer } from '@app/fence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** The fence's two sides, without an authority yet. */
export interface OpenFenceTransport {
  /** Two nodes; what they hear is the same. */
  readonly nodes: readonly [FenceTransport, FenceTransport];
  readonly authority: Pick<FenceTransport, 'push'>;
  serve(handlers: FenceAuthorityHandlers): Promise<void>;
  /** Resolves when what was asked of the network so far (who listens to pushes) is so. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

const LONG_MS = 30_000;
const SHORT_MS = 50;
const question = { incarnation: 'incarnation-1', nonce: 'nonce-1' };
const granted: RenewAnswer = {
  kind: 'granted',
  nonce: 'nonce-1',
  now: 1_700_000_000_000.5,
  head: 9,
  headHash: 'ff',
  changes: [{ pos: 8, names: ['user-1', 'ключ "\u0000'] }],
  reset: { floor: 3 },
  more: true,
};
const records = {
  nonce: 'nonce-1',
  now: 5,
  resolved: [
    { digest: 'd-1', name: 'key-1' },
    { digest: 'd-2', name: null },
  ],
  records: [{ name: 'env-1', asOf: 7, state: { kind: 'environment', settings: { prefix: null } } }],
};

/** Answers nothing until a test says what. */
const silent = (): Promise<never> => new Promise(() => {});
const authorityThat = (answers: Partial<FenceAuthorityHandlers>): FenceAuthorityHandlers => ({
  join: silent,
  leave: silent,
  renew: silent,
  fill: silent,
  strongRead: silent,
  barrier: silent,
  ...answers,
});
const rejected = async (question: Promise<unknown>): Promise<Error> => {
  const outcome: unknown = await question.then(
    (answer) => new Error(`It answered ${JSON.stringify(answer)}.`),
    (error: unknown) => ({ error }),
  );
  if (outcome instanceof Error) throw outcome;
  return (outcome as { error: Error }).error;
};

/** What every way between nodes and the authority must do, whatever it loses. */
export const fenceTransportContract = (name: string, open: () => Promise<OpenFenceTransport>): void => {
  describe(`the fence's messages: ${name}`, () => {
    let fence: OpenFenceTransport;
    let node: FenceTransport;

    beforeEach(async () => {
      fence = await open();
      [node] = fence.nodes;
    });
    afterEach(() => fence.close());

    /** Resolves with the first acknowledgement of a push; repeats it until then, as a barrier does. */
    const acknowledged = (message: PushMessage, incarnation: string): Promise<AckMessage> =>
      new Promise((resolve) => {
        const ended = new AbortController();
        const push = (): void =>
          fence.authority.push(
            message,
            (ack) => {
              if (ack.incarnation !== incarnation) return;
              ended.abort();
              clearInterval(repeat);
              resolve(ack);
            },
            ended.signal,
          );
        const repeat = setInterval(push, 100);
        push();
      });
    const appliedBy =
      (incarnation: string, applied: PushMessage[]) =>
      (message: PushMessage): AckMessage => {
        applied.push(message);
        return { incarnation, nonce: message.nonce };
      };

    const questions = [
      ['join', question, { nonce: 'nonce-1', leaseMs: 5_000, feedFloor: 2, hash: 'ab', logHash: 'cd' }],
      ['leave', question, { nonce: 'nonce-1' }],
      ['renew', { ...question, applied: 4, hash: 'ee' }, granted],
      ['renew', { ...question, applied: 4, hash: 'ee' }, { kind: 'refused', nonce: 'nonce-1' }],
      ['renew', { ...question, applied: 4, hash: 'ee' }, { kind: 'another-history', nonce: 'nonce-1' }],
      ['fill', { ...question, digests: ['d-1', 'd-2'], names: [] }, records],
      ['strongRead', { ...question, digests: [], names: ['env-1'] }, records],
    ] as const;

    it.each(questions)('"%s" reaches the authority, and its answer comes back, both unchanged', async (kind, asked, answer) => {
      const heard: unknown[] = [];
      await fence.serve(authorityThat({ [kind]: (message: unknown) => Promise.resolve(heard.push(message)).then(() => answer) }));
      expect(await node[kind](asked as never, LONG_MS)).toEqual(answer);
      expect(heard).toEqual([asked]);
      expect(heard[0]).not.toBe(asked);
    });

    it('a hundred questions at once get their own answers', async () => {
      await fence.serve(
        authorityThat({
          leave: ({ nonce }) =>
            new Promise((resolve) => {
              setImmediate(() => resolve({ nonce }));
            }),
        }),
      );
      const nonces = Array.from({ length: 100 }, (_, index) => `nonce-${index}`);
      expect(await Promise.all(nonces.map(async (nonce) => (await node.leave({ incarnation: 'incarnation-1', nonce }, LONG_MS)).nonce))).toEqual(nonces);
    });

    it('a question that is not answered rejects at its deadline, and later ones are answered', async () => {
      await fence.serve(authorityThat({ leave: ({ nonce }) => (nonce === 'nonce-1' ? silent() : Promise.resolve({ nonce })) }));
      expect((await rejected(node.leave(question, SHORT_MS))).name).toBe('FenceUnavailable');
      expect(await node.leave({ ...question, nonce: 'nonce-2' }, LONG_MS)).toEqual({ nonce: 'nonce-2' });
    });

    it('a question rejects at once where no authority is', async () => {
      expect((await rejected(node.join(question, 10 * LONG_MS))).name).toBe('FenceUnavailable');
    });

    it('an error of the authority rejects, and later questions are answered', async () => {
      let asked = 0;
      await fence.serve(
        authorityThat({
          leave: ({ nonce }) => {
            asked += 1;
            return asked === 1 ? Promise.reject(new Error('broken')) : Promise.resolve({ nonce });
          },
        }),
      );
      await rejected(node.leave(question, 10 * LONG_MS));
      expect(await node.leave(question, LONG_MS)).toEqual({ nonce: 'nonce-1' });
    });

    it('a push is applied by every node before its acknowledgement is heard', async () => {
      const applied: [PushMessage[], PushMessage[]] = [[], []];
      fence.nodes.forEach((each, index) => each.onPush(appliedBy(`incarnation-${index}`, applied[index]!)));
      await fence.settled();
      const message = { pos: 12, names: ['user-1', 'key-2'], nonce: 'barrier-1' };
      const appliedWhenHeard: Record<string, number> = {};
      const ended = new AbortController();
      await new Promise<void>((resolve) => {
        fence.authority.push(
          message,
          ({ incarnation, nonce }) => {
            expect(nonce).toBe('barrier-1');
            appliedWhenHeard[incarnation] = applied[incarnation === 'incarnation-0' ? 0 : 1].length;
            if (Object.keys(appliedWhenHeard).length === 2) resolve();
          },
          ended.signal,
        );
      });
      ended.abort();
      expect(appliedWhenHeard).toEqual({ 'incarnation-0': 1, 'incarnation-1': 1 });
      expect(applied).toEqual([[message], [message]]);
    });

    it('acknowledgements of a repeated push are all handed over, to the barrier that pushed', async () => {
      node.onPush(appliedBy('incarnation-0', []));
      await fence.settled();
      const heard: string[] = [];
      const ended = new AbortController();
      const three = new Promise<void>((resolve) => {
        const push = (nonce: string): void =>
          fence.authority.push(
            { pos: 1, names: [], nonce },
            (ack) => {
              heard.push(`${nonce} heard ${ack.nonce}`);
              if (heard.length === 4) resolve();
            },
            ended.signal,
          );
        for (const nonce of ['barrier-1', 'barrier-2', 'barrier-1', 'barrier-1']) push(nonce);
      });
      await three;
      ended.abort();
      expect(heard.toSorted()).toEqual(['barrier-1 heard barrier-1', 'barrier-1 heard barrier-1', 'barrier-1 heard barrier-1', 'barrier-2 heard barrier-2']);
    });

    it('no acknowledgement is handed over after the barrier has ended', async () => {
      const ended = new AbortController();
      const heard: AckMessage[] = [];
      node.onPush((message) => {
        ended.abort();
        return { incarnation: 'incarnation-0', nonce: message.nonce };
      });
      await fence.settled();
      fence.authority.push({ pos: 1, names: [], nonce: 'barrier-1' }, (ack) => heard.push(ack), ended.signal);
      // Sent after the one that must not be heard, on the same way.
      await acknowledged({ pos: 2, names: [], nonce: 'barrier-2' }, 'incarnation-0');
      expect(ended.signal.aborted).toBe(true);
      expect(heard).toEqual([]);
    });

    it('who has stopped listening applies nothing more, others do', async () => {
      const applied: PushMessage[] = [];
      const stop = node.onPush(appliedBy('incarnation-0', applied));
      fence.nodes[1].onPush(appliedBy('incarnation-1', []));
      await fence.settled();
      stop();
      await fence.settled();
      await acknowledged({ pos: 3, names: [], nonce: 'barrier-1' }, 'incarnation-1');
      await fence.settled();
      expect(applied).toEqual([]);
    });
  });
};
