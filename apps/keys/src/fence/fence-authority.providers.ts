import type { Provider } from '@nestjs/common';
import { FenceAuthority, FenceTransport, type ReadBackLimits } from '@app/fence';
import { ChangeFence, EntityStates, Metrics, Readiness } from '@app/platform';
import { Clock } from '@app/ports';
import { LogRecordReader } from './record-reader.js';
import { TokenHashes } from '../tokens/token-hashes.js';
import { LocalChangeFence } from './local-change-fence.js';
import { LogOfAuthority } from './log-of-authority.js';
import { observedAuthority } from './observed-authority.js';

/** The feed begins at the head: a node that joins at its floor misses nothing. Reading 200 000 commits back takes seconds. */
export const NOTHING_READ_BACK: Partial<ReadBackLimits> = { commitsReadBack: 0 };

/**
 * This process as a replica of the authority, and the fence for its changes. They belong in the composition's global module,
 * because every change waits for the same authority. `leaseMs`: the lease in the registry of the log.
 * `limits`: a process whose only node is its own needs nothing from before its start (`NOTHING_READ_BACK`).
 */
export const fenceAuthorityProviders = (leaseMs: number, limits: Partial<ReadBackLimits> = {}): Provider[] => [
  EntityStates,
  TokenHashes,
  LogRecordReader,
  LogOfAuthority,
  {
    provide: FenceAuthority,
    inject: [Clock, LogOfAuthority, LogRecordReader, FenceTransport, { token: Metrics, optional: true }, { token: Readiness, optional: true }],
    useFactory: (clock: Clock, log: LogOfAuthority, records: LogRecordReader, transport: FenceTransport, metrics?: Metrics, readiness?: Readiness) =>
      observedAuthority({ clock, log, records, transport, leaseMs, limits }, { metrics: metrics ?? null, readiness: readiness ?? null }),
  },
  { provide: ChangeFence, useClass: LocalChangeFence },
];
