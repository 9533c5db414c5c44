import type { NatsLink } from '../baselines/baseline-protocol.js';
import { type Load, type LoadResult, startLoadPart } from '../harness/load-protocol.js';
import { LOAD_CORE } from '../harness/processes.js';

export interface NatsQuestion {
  readonly backendKey: string;
  readonly body: string;
  /** An answer of another length is unexpected. */
  readonly answerBytes: number;
}

export interface NatsRound {
  /** Of what is measured; the load does not need it. */
  readonly port: number;
  readonly link: NatsLink;
  readonly subject: string;
  /** Connections. */
  readonly clients: number;
  /** Questions under way on all connections together. */
  readonly underWay: number;
  readonly seconds: number;
  readonly questions: readonly NatsQuestion[];
}

export const startNatsLoad = (): Load<NatsRound, LoadResult> => startLoadPart('nats-load', LOAD_CORE);
