import { randomBytes } from 'node:crypto';
import type { ClientProxy, CustomTransportStrategy } from '@nestjs/microservices';
import {
  connectNats,
  type EventStreamSettings,
  FenceSeal,
  NatsBarrierTransport,
  NatsDoorbell,
  NatsEventStream,
  NatsFenceTransport,
  type NatsLink,
  NatsRpcClient,
  NatsRpcServer,
  serveFence,
  ValidateSubject,
} from '@app/adapters/nats';
import type { ValidateMessage, ValidateReply } from '@app/messages';
import type { BarrierTransport, FenceAuthorityHandlers, FenceTransport } from '@app/fence';
import type { EventStream } from '@app/ports';
import type { ServiceProcess } from './service-process.js';
import type { ServiceSettings } from './service-settings.js';

/** Above the longest lease: a barrier that is being answered may wait it out. */
const FINISH_MS = 65_000;
const DRAIN_MS = 2_000;

export interface Doorbell {
  ring(): void;
  onRing(heard: () => void): () => void;
}

/** Something that answers messages until it is stopped: then it accepts nothing new and finishes what it has. */
export interface Answering {
  stop(): Promise<void>;
}

/** The fence's messages, sealed under the fence secret. */
export interface FenceMessages {
  /** For nodes, and for the authority's pushes. */
  readonly transport: FenceTransport;
  /** For services that commit changes and are not the authority. */
  readonly barriers: BarrierTransport;
  serve(authority: FenceAuthorityHandlers): Answering;
}

/** All messages between a service and others, over the process's one connection. */
export interface ServiceMessaging {
  readonly doorbell: Doorbell;
  rpcServer(service: string): CustomTransportStrategy;
  rpcClient(): ClientProxy;
  /** Once per process, so that refusals are counted in one place. */
  fence(fenceSecret: Buffer): FenceMessages;
  serveValidations(answer: (message: ValidateMessage) => ValidateReply | Promise<ValidateReply>): Answering;
  eventStream(settings: EventStreamSettings): EventStream;
  /** Last: sends what was published, then closes. */
  close(): Promise<void>;
}

const fenceMessages = (link: NatsLink, fenceSecret: Buffer, { admin }: ServiceProcess): FenceMessages => {
  const seal = new FenceSeal(fenceSecret);
  admin.metrics.counter('keyfence_seal_refused_total', 'Messages of the fence with a wrong seal: dropped and never answered.', () => seal.refused);
  return {
    transport: new NatsFenceTransport(link, seal),
    barriers: new NatsBarrierTransport(link, seal),
    serve: (authority) => {
      const served = serveFence(link, authority, seal);
      return { stop: () => served.stop(FINISH_MS) };
    },
  };
};

const observeConnection = (link: NatsLink, { admin }: ServiceProcess): void => {
  admin.metrics.gauge('keyfence_nats_connected', '1 while this process is connected to NATS.', () => Number(link.connected));
  admin.readiness.add('nats', () => (link.connected ? null : 'NATS cannot be reached.'));
};

/** Waits until NATS is connected. */
export const openMessages = async (settings: ServiceSettings, process: ServiceProcess): Promise<ServiceMessaging> => {
  const { natsUrl: url, natsUser: user, natsPassword: password } = settings;
  const log = process.log.child({ context: 'nats' });
  const link = await connectNats({
    url,
    user,
    password,
    name: `${process.service} ${randomBytes(4).toString('hex')}`,
    signal: process.ending,
    onStatus: ({ level, text }) => log[level](text),
  });
  observeConnection(link, process);
  // A start that fails closes the connection too, and its own reason is the one to tell.
  let closing = false;
  void link.closed.then(() => {
    if (!process.ending.aborted && !closing) process.fatal(new Error('The connection to NATS will not come back.'));
  });
  return {
    doorbell: new NatsDoorbell(link),
    rpcServer: (service) => new NatsRpcServer(link, service, FINISH_MS),
    rpcClient: () => new NatsRpcClient(link),
    fence: (fenceSecret) => fenceMessages(link, fenceSecret, process),
    serveValidations: (answer) => new ValidateSubject(link, answer),
    eventStream: (events) => new NatsEventStream(link.connection, events),
    close: () => {
      closing = true;
      return link.drain(DRAIN_MS);
    },
  };
};
