import type { Provider } from '@nestjs/common';
import { FenceAuthority, FenceTransport } from '@app/fence';
import { ChangeFence, EntityStates } from '@app/platform';
import { Clock } from '@app/ports';
import { LogRecordReader } from '../record-reader.js';
import { TokenHashes } from '../token-hashes.js';
import { LocalChangeFence } from './local-change-fence.js';
import { LogOfAuthority } from './log-of-authority.js';

/**
 * This process as a replica of the authority, and the fence for its changes. They belong into the composition's global module,
 * because everyone who changes something waits for the same authority. `leaseMs`: as the registry of the log has it.
 */
export const fenceAuthorityProviders = (leaseMs: number): Provider[] => [
  EntityStates,
  TokenHashes,
  LogRecordReader,
  LogOfAuthority,
  {
    provide: FenceAuthority,
    inject: [Clock, LogOfAuthority, LogRecordReader, FenceTransport],
    useFactory: (clock: Clock, log: LogOfAuthority, records: LogRecordReader, transport: FenceTransport) =>
      new FenceAuthority({ clock, log, records, transport, leaseMs }),
  },
  { provide: ChangeFence, useClass: LocalChangeFence },
];
