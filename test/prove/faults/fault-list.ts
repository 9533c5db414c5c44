import type { Fault } from './fault.js';
import { connectionsReset, cutFromNats, everythingCut, natsRestartedEmpty, rollingRestart, slowNats, storeStopped } from './line-faults.js';
import { nodeKilledDuringBarrier, nodesStarting, nodeStoppedAfterItsAck, nodeStoppedPastItsLease } from './node-faults.js';
import { redisEvicting, redisFlushed, redisFromOldDump, redisSilent, redisWithEarlierValues } from './redis-faults.js';
import { cascadeStoppedBetweenLeaveAndReturn, MOMENTS, storeSilentDuringInsert, writerKilled, writersAtOtherDistances } from './writer-faults.js';

/** Fence.md's list, in its order. */
export const FAULTS: readonly Fault[] = [
  nodeStoppedPastItsLease(false),
  nodeStoppedPastItsLease(true),
  nodeStoppedAfterItsAck,
  nodeKilledDuringBarrier,
  nodesStarting,
  ...MOMENTS.flatMap((moment) => [writerKilled('keys', moment), writerKilled('directory', moment)]),
  cutFromNats('validation', 'both'),
  cutFromNats('validation', 'up'),
  cutFromNats('validation', 'down'),
  slowNats('validation'),
  cutFromNats('keys', 'both', [1, 3]),
  cutFromNats('directory', 'down', [1, 3]),
  cutFromNats('gateway', 'both', [1, 2]),
  connectionsReset('keys'),
  connectionsReset('validation'),
  natsRestartedEmpty,
  storeSilentDuringInsert('keys', 'down'),
  storeSilentDuringInsert('directory', 'both'),
  storeStopped,
  redisFlushed,
  redisEvicting,
  redisFromOldDump,
  redisWithEarlierValues,
  redisSilent,
  writersAtOtherDistances,
  cascadeStoppedBetweenLeaveAndReturn,
  everythingCut,
  rollingRestart,
];

/** What is in fence.md's list and is not done here, and why. */
export const SKIPPED: readonly string[] = [
  'clock steps of an hour: one process cannot have another clock than the machine without a preloaded library; the simulation steps both clocks (npm run simulate)',
];
