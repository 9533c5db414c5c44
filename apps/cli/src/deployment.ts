import type { EventLog } from '@app/ports';
import type { LogFilesReport } from './check-log-files.js';
import type { Services } from './open-services.js';

/** What the operator's commands work on: the files of one process, or the servers behind several. */
export interface Deployment {
  /** For commands that go through the services. `note` tells the operator what the command waits for. */
  openServices(note: (text: string) => void): Promise<Services>;
  /** For reading. */
  openLog(): Promise<EventLog>;
  checkLog(onProgress: (pos: number) => void): Promise<LogFilesReport>;
  readLeaseMs(): Promise<number>;
  /** Refused while any process may hold a lease. */
  changeLease(leaseMs: number): Promise<void>;
  /** Rebuilds the read models, or lets the services do so when they start. Resolves to a sentence and the log's head. */
  rebuild(onProgress: (pos: number, ofPos: number) => void): Promise<{ readonly result: string; readonly head: number }>;
}
