import { eventLogContract } from './event-log.contract.js';
import { MemoryEventLog } from '@test/support/log/memory-event-log.js';

eventLogContract('The memory of the tests', async () => {
  const log = new MemoryEventLog();
  return { log, reopen: async () => log, cleanup: async () => undefined };
});
