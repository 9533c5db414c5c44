// What a bench and a bare baseline (baseline.ts) say to each other.
import type { JsonWebKey } from 'node:crypto';
import type { ValidKey } from '../harness/backend-api.js';
import { type Core, type NodeProcess, SERVER_CORE, startPart, type Stoppable } from '../harness/processes.js';
import type { Target } from '../harness/rounds.js';

/** What a validation needs to know. */
export interface ValidateContents {
  readonly backendKey: string;
  readonly keys: readonly ValidKey[];
}

/** How to connect to NATS, and as whom. */
export interface NatsLink {
  readonly servers: string;
  readonly user: string;
  readonly pass: string;
  readonly inboxPrefix: string;
}

export interface ValidateWish extends ValidateContents {
  readonly kind: 'validate';
  /** `bare`: as one writes it without a second thought. `tuned`: reads and writes as the product's route does. */
  readonly server: 'bare' | 'tuned' | 'fastify';
  readonly path: string;
}

export interface NatsWish extends ValidateContents {
  readonly kind: 'validate-over-nats';
  readonly link: NatsLink;
  readonly subject: string;
  readonly queue: string;
}

export interface VerifyWish {
  readonly kind: 'verify';
  /** `jose`: the check of the product's own library. `sync`: the same by node:crypto, on the spot. */
  readonly check: 'jose' | 'sync';
  readonly path: string;
  readonly jwk: JsonWebKey;
  readonly slug: string;
  readonly tokens: readonly string[];
  /** What is answered, by user. */
  readonly answers: readonly (readonly [userId: string, body: string])[];
}

export interface MongoWish {
  readonly kind: 'mongo-inserts' | 'tag-look-ups';
  readonly url: string;
}

export interface RoundTripsWish {
  readonly kind: 'round-trips';
  readonly answering: NatsLink;
  readonly asking: NatsLink;
}

export type ServerWish = ValidateWish | NatsWish | VerifyWish;
export type WorkWish = MongoWish | RoundTripsWish | { readonly kind: 'durable-inserts' | 'argon2' | 'rs256' };
export type BaselineWish = ServerWish | WorkWish;

/** Ends after so many seconds or acts, whichever comes first. */
export interface WorkRound {
  readonly seconds?: number;
  readonly count?: number;
  /** Acts side by side. Default 1. */
  readonly atOnce?: number;
  /** Rows of one insert. Default 1. */
  readonly batch?: number;
  /** Of a row. */
  readonly bytes?: number;
}

export interface WorkResult {
  /** Acts, and rows where an act inserts several. */
  readonly perSecond: number;
  /** Of each act. */
  readonly latenciesMs: readonly number[];
  /** In the store that was looked into. */
  readonly documents: number;
}

const ROUND_DEADLINE_MS = 60_000;

const begin = async (wish: BaselineWish, core: Core): Promise<{ readonly process: NodeProcess; readonly port: number }> => {
  const process = startPart('baseline', core);
  return { process, ...(await process.ask<{ readonly port: number }>(wish)) };
};

export const startBareServer = async (wish: ServerWish): Promise<Target & Stoppable> => {
  const { process, port } = await begin(wish, SERVER_CORE);
  return { process, port, stop: () => process.stop() };
};

export interface BareWork extends Stoppable {
  run(round: WorkRound): Promise<WorkResult>;
}

export const startBareWork = async (wish: WorkWish, core: Core = SERVER_CORE): Promise<BareWork> => {
  const { process } = await begin(wish, core);
  return { run: (round) => process.ask<WorkResult>(round, ROUND_DEADLINE_MS), stop: () => process.stop() };
};
