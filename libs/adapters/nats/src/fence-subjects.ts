/** As deploy/nats/nats.conf grants them, user by user. */
export const fenceSubjects = {
  join: 'keys.fence.join',
  leave: 'keys.fence.leave',
  renew: 'keys.fence.renew',
  fill: 'keys.fence.fill',
  strongRead: 'keys.fence.read',
  barrier: 'keys.fence.barrier',
  push: 'fence.push',
} as const;

export const FENCE_QUEUE = 'keys';
