import { type Load, type LoadResult, startLoadPart } from '../harness/load-protocol.js';
import { LOAD_CORE } from '../harness/processes.js';

export interface RefreshRound {
  readonly port: number;
  /** The newest refresh token of each session. */
  readonly tokens: readonly string[];
  readonly seconds: number;
}

export interface RefreshResult extends LoadResult {
  /** In the order of the round's. */
  readonly tokens: readonly string[];
}

export const startRefreshLoad = (): Load<RefreshRound, RefreshResult> => startLoadPart('refresh-load', LOAD_CORE);
