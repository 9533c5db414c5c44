// What a bench and a load say to each other. A load is a process of its own, because it has a core of its own.
import type { Latencies } from './numbers.js';
import { type Core, LOAD_CORE, startPart, type Stoppable } from './processes.js';

export interface RequestKind {
  readonly name: string;
  readonly expectedStatus: number;
  /** As bytes on the wire, sent in turn. */
  readonly requests: readonly string[];
}

interface Timed {
  readonly port: number;
  readonly seconds?: number;
}

/** Keep-alive connections, one request in flight on each, no pipelining. */
export interface HttpRound extends Timed {
  readonly connections: number;
  /** That many answers, however long they take. */
  readonly count?: number;
  readonly kinds: readonly RequestKind[];
  /** Indexes of `kinds`, in the order in which they are sent. Default: the first kind alone. */
  readonly pattern?: readonly number[];
  /** Each latency is in the result, not only quantiles of a sample. */
  readonly every?: boolean;
  /** The result has the answers of each such time, so that one round on the same connections can be cut in pieces afterwards. */
  readonly bucketMs?: number;
  /** So many requests a second and no more, each at its time; one that finds no free connection then has waited since its time. */
  readonly rate?: number;
}

export interface LoadResult extends Latencies {
  readonly answers: number;
  readonly unexpected: number;
  readonly lastUnexpected: string | null;
  readonly elapsedMs: number;
  readonly perSecond: number;
}

export interface AnswersOfKind extends Latencies {
  readonly answers: number;
}

export interface HttpResult extends LoadResult {
  readonly startedAtWallMs: number;
  readonly buckets: readonly AnswersOfKind[];
  readonly kinds: Readonly<Record<string, AnswersOfKind>>;
  /** Empty unless `every` one was asked for. */
  readonly latenciesMs: readonly number[];
}

/** Ends the round under way. */
export const END_ROUND = { stop: true } as const;

export interface Load<Round extends Timed, Result extends LoadResult> extends Stoppable {
  run(round: Round): Promise<Result>;
  endRound(): void;
}

export type HttpLoad = Load<HttpRound, HttpResult>;

const ROUND_WITHOUT_SECONDS_S = 60;
const ANSWER_DEADLINE_MS = 30_000;

/** `part`: the program that is the load; all of them are spoken to in the same way. */
export const startLoadPart = <Round extends Timed, Result extends LoadResult>(part: string, core: Core): Load<Round, Result> => {
  const process = startPart(part, core);
  return {
    stop: () => process.stop(),
    endRound: () => process.say(END_ROUND),
    run: (round) => process.ask<Result>(round, (round.seconds ?? ROUND_WITHOUT_SECONDS_S) * 1_000 + ANSWER_DEADLINE_MS),
  };
};

export const startLoad = (core: Core = LOAD_CORE): HttpLoad => startLoadPart('load', core);

/** A round in which all requests are of one kind. */
export const ofOneKind = (requests: readonly string[], expectedStatus = 200): Pick<HttpRound, 'kinds'> => ({
  kinds: [{ name: 'all', expectedStatus, requests }],
});
