import { fenceLimits } from '../protocol/parameters.js';

/** The caller that a look-up is for. */
export interface LookUpCaller {
  /** Whether the caller's credential has been verified, from memory or by a look-up of its own. */
  readonly verified: boolean;
  /** The address that the caller is counted under; null if it is unknown. */
  readonly address: string | null;
}

export const VERIFIED: LookUpCaller = { verified: true, address: null };
export const UNVERIFIED: LookUpCaller = { verified: false, address: null };

/** How many callers wait for the same thing. */
type Waiting = Map<string, number>;

/**
 * The places for look-ups in progress. Callers with a verified credential have places of their own, because anyone can make up credentials: without
 * them a few connections could fill all places, and good keys would be undecided. Unverified callers that ask for the same thing at the same
 * time take one place together, and each address has a share.
 */
export class LookUpPlaces {
  #verified = 0;
  readonly #unverified: Waiting = new Map();
  readonly #byAddress = new Map<string, Waiting>();

  /** Things that unverified callers wait for. */
  get unverified(): number {
    return this.#unverified.size;
  }

  /** Returns a function that gives the place back; null if no place is free. */
  take({ verified, address }: LookUpCaller, what: string): (() => void) | null {
    if (verified) {
      if (this.#verified >= fenceLimits.lookUpsInFlight) return null;
      this.#verified += 1;
      return () => void (this.#verified -= 1);
    }
    const ofAddress = address === null ? null : (this.#byAddress.get(address) ?? new Map<string, number>());
    const isFull = (waiting: Waiting, most: number): boolean => !waiting.has(what) && waiting.size >= most;
    if (isFull(this.#unverified, fenceLimits.unverifiedLookUps)) return null;
    if (ofAddress !== null && isFull(ofAddress, fenceLimits.unverifiedLookUpsPerAddress)) return null;
    return this.#wait(what, address, ofAddress);
  }

  #wait(what: string, address: string | null, ofAddress: Waiting | null): () => void {
    join(this.#unverified, what);
    if (address !== null && ofAddress !== null) {
      join(ofAddress, what);
      this.#byAddress.set(address, ofAddress);
    }
    return () => {
      leave(this.#unverified, what);
      if (address === null || ofAddress === null) return;
      leave(ofAddress, what);
      if (ofAddress.size === 0) this.#byAddress.delete(address);
    };
  }
}

const join = (waiting: Waiting, what: string): void => void waiting.set(what, (waiting.get(what) ?? 0) + 1);

const leave = (waiting: Waiting, what: string): void => {
  const left = (waiting.get(what) ?? 1) - 1;
  if (left > 0) waiting.set(what, left);
  else waiting.delete(what);
};
