import type { Provider } from '@nestjs/common';
import { ClientProxy } from '@nestjs/microservices';
import { InProcessRateLimiter } from '@app/adapters/in-process';
import { connectRedis, RedisRateLimiter, RedisSharedCache } from '@app/adapters/redis';
import { FenceNode } from '@app/fence';
import { BadSettings, FenceNodeWatch, observeFenceNode, RpcClient, RpcDeadlines, usageCounterProvider } from '@app/platform';
import { Clock, RateLimiter, SystemClock } from '@app/ports';
import type { SecretFiles } from '@app/secrets';
import type { ServiceMessaging } from './messages.js';
import type { ServiceProcess } from './service-process.js';
import type { NodeSettings, ServiceSettings } from './service-settings.js';

/** Before the join the lease is unknown; no command can be on its way then, because no backend key can be checked. */
const LEASE_BEFORE_JOIN_MS = 5_000;
/** Counters that a process keeps while Redis is down. */
const COUNTERS_IN_MEMORY = 200_000;

/** What makes a process a node of the fence, and what it shares with the other nodes. */
export interface NodeSide {
  readonly clock: Clock;
  readonly node: FenceNode;
  readonly limiter: RateLimiter;
  readonly deadlines: RpcDeadlines;
  /** A step of the process. Resolves after the first attempt to join: a process without a lease asks the authority. It stops after the last answer. */
  start(): Promise<void>;
}

/** Waits for nothing: without Redis a node asks the authority, and counts limits alone. */
export const openNode = async (
  settings: ServiceSettings & NodeSettings,
  process: ServiceProcess,
  messages: ServiceMessaging,
  secrets: SecretFiles,
): Promise<NodeSide> => {
  const { admin, lifecycle, fatal: onBroken } = process;
  const log = process.log.child({ context: 'fence' });
  const clock = new SystemClock();
  const redis = await lifecycle.start(
    'Redis',
    () => openRedis(settings, process),
    (connection) => connection.close(),
  );
  const node = new FenceNode({
    clock,
    onBroken,
    cacheKeys: settings.cacheKeys,
    leaseMs: settings.leaseMs,
    transport: messages.fence(secrets.fenceSecret).transport,
    cache: { store: new RedisSharedCache(redis), secret: secrets.cacheSecret },
    onRenewFailure: (error) => log.debug({ err: error }, 'A renewal got no answer.'),
  });
  const limiter = await lifecycle.start(
    'limits',
    () => new RedisRateLimiter(redis, new InProcessRateLimiter(clock, COUNTERS_IN_MEMORY)),
    (limits) => limits.close(),
  );
  observeFenceNode(admin.metrics, admin.readiness, node);
  admin.metrics.counter('keyfence_limiter_fallbacks_total', 'Calls counted by this process alone, because Redis did not answer.', () => limiter.fallbacks);
  admin.metrics.gauge('keyfence_redis_connected', '1 while Redis answers. Without it each process counts limits alone.', () => Number(redis.isThere));
  const watch = new FenceNodeWatch(node, clock, log);
  return {
    clock,
    node,
    limiter,
    deadlines: new RpcDeadlines(() => node.leaseMs ?? LEASE_BEFORE_JOIN_MS),
    start: async () => {
      await lifecycle.start(
        'fence node',
        () => node.start(),
        () => node.stop(),
      );
      await lifecycle.start(
        'watch of the fence',
        () => watch.start(),
        () => watch.stop(),
      );
    },
  };
};

/** What the modules of a node ask for. */
export const nodeProviders = ({ clock, node, limiter, deadlines }: NodeSide, messages: ServiceMessaging): Provider[] => [
  RpcClient,
  usageCounterProvider,
  { provide: Clock, useValue: clock },
  { provide: FenceNode, useValue: node },
  { provide: RateLimiter, useValue: limiter },
  { provide: ClientProxy, useValue: messages.rpcClient() },
  { provide: RpcDeadlines, useValue: deadlines },
];

const openRedis = ({ redisUrl: url }: NodeSettings, { log }: ServiceProcess): ReturnType<typeof connectRedis> => {
  try {
    return connectRedis({
      url,
      onError: (error) => log.warn({ context: 'redis' }, `Redis cannot be reached: ${error instanceof Error ? error.message : 'failed'}`),
    });
  } catch (error) {
    throw new BadSettings([`REDIS_URL is wrong. ${error instanceof Error ? error.message : ''}`]);
  }
};
