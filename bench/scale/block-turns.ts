// Blocks of users with few and with very many keys, beside bare durable inserts.
import type { BareWork } from '../baselines/baseline-protocol.js';
import { blockText, unblockText } from '../harness/backend-api.js';
import type { FilledUser } from '../fill-log/fill-log-protocol.js';
import { type HttpLoad, ofOneKind } from '../harness/load-protocol.js';
import { inTurn, quantile } from '../harness/numbers.js';
import { measure, type Row } from '../harness/rounds.js';
import type { StandaloneServer } from '../harness/standalone.js';

const BYTES_OF_COMMIT = 600;
const INSERTS_OF_TURN = 5;

/** One after another on one connection: each waits for its own barrier alone. */
export const commandLatencies = async (load: HttpLoad, server: StandaloneServer, requests: readonly string[]): Promise<readonly number[]> => {
  const round = { connections: 1, count: requests.length, every: true, ...ofOneKind(requests) };
  return (await measure(load, { ...server, name: 'commands' }, round)).latenciesMs;
};

export const blockUser = (load: HttpLoad, server: StandaloneServer, { userId }: FilledUser): Promise<readonly number[]> =>
  commandLatencies(load, server, [blockText(server.backendKey, userId)]);

export const unblockUser = (load: HttpLoad, server: StandaloneServer, { userId }: FilledUser): Promise<readonly number[]> =>
  commandLatencies(load, server, [unblockText(server.backendKey, userId)]);

export interface UsersOfSize {
  readonly name: string;
  readonly users: readonly FilledUser[];
}

export interface BlockLatencies {
  readonly bareMs: readonly number[];
  /** In the order of the sizes, the smallest first. */
  readonly sizes: readonly { readonly name: string; readonly blocksMs: readonly number[] }[];
}

/**
 * Turns over users of every size: each is blocked and unblocked again (the environment reinstates keys, so each block ends all of the
 * user's keys again). What runs behind them, the bookkeeping of all that, runs behind every size alike.
 */
export const blockTurns = async (
  load: HttpLoad,
  server: StandaloneServer,
  inserts: BareWork,
  sizes: readonly UsersOfSize[],
  turns: number,
): Promise<BlockLatencies> => {
  const bareMs: number[] = [];
  const measured = sizes.map(({ name, users }) => ({ name, users, blocksMs: [] as number[] }));
  for (let turn = 0; turn < turns; turn += 1) {
    bareMs.push(...(await inserts.run({ count: INSERTS_OF_TURN, bytes: BYTES_OF_COMMIT })).latenciesMs);
    for (const { users, blocksMs } of turn % 2 === 0 ? measured : measured.toReversed()) {
      const user = inTurn(users, turn);
      blocksMs.push(...(await blockUser(load, server, user)));
      await unblockUser(load, server, user);
    }
  }
  return { bareMs, sizes: measured };
};

const latenciesRow = (all: readonly number[]): Row => ({
  samples: all.length,
  'p50 ms': quantile(all, 0.5).toFixed(2),
  'p99 ms': quantile(all, 0.99).toFixed(2),
  'max ms': quantile(all, 1).toFixed(2),
});

export const printBlocks = ({ bareMs, sizes }: BlockLatencies): void => {
  const [smallest] = sizes;
  const ratio = (all: readonly number[], to: readonly number[], share: number): string => (quantile(all, share) / quantile(to, share)).toFixed(2);
  console.table({
    'a bare durable insert': latenciesRow(bareMs),
    ...Object.fromEntries(
      sizes.map(({ name, blocksMs }) => [
        `block, ${name}`,
        {
          ...latenciesRow(blocksMs),
          'p50 to bare': ratio(blocksMs, bareMs, 0.5),
          'p99 to bare': ratio(blocksMs, bareMs, 0.99),
          'p50 to the smallest': ratio(blocksMs, smallest?.blocksMs ?? [], 0.5),
        },
      ]),
    ),
  });
};
