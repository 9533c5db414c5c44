import {
  type ApiKeyState,
  type EnvironmentState,
  type FenceRecordState,
  foldOf,
  type OrganizationState,
  type RegistryState,
  type SessionState,
  tags,
  toEnvironmentRecord,
  toHostRecord,
  toKeyRecord,
  toOrganizationRecord,
  toSessionRecord,
  toUserRecord,
  type ClaimState,
  type UserState,
} from '@app/domain';
import { type DecodedCommit, decodeCommit, foldCommit, type StateView, unfolded } from '@app/log';
import type { Commit } from '@app/ports';

/** A state of a tag, from `pos` to before the next one. */
export interface Version {
  readonly pos: number;
  readonly state: unknown;
  /** The record a validation would rest on, as JSON; made when first asked for. */
  record: string | null;
}

const recordOf = (name: string, state: unknown): FenceRecordState | null => {
  if (state === null) return null;
  // The tag's kind says which fold made the state.
  if (name.startsWith('key-')) return toKeyRecord(state as ApiKeyState);
  if (name.startsWith('user-')) return toUserRecord(state as UserState);
  if (name.startsWith('session-')) return toSessionRecord(state as SessionState);
  if (name.startsWith(tags.authHost(''))) return toHostRecord(name.slice(tags.authHost('').length), state as ClaimState);
  if (name.startsWith('org-')) return toOrganizationRecord(state as OrganizationState);
  return toEnvironmentRecord(state as EnvironmentState);
};

/** Logging in is not a change, so when a user was last active may be old wherever it is shown. */
export const comparable = (record: FenceRecordState | null): string => JSON.stringify(record?.kind === 'user' ? { ...record, lastActiveAtMs: 0 } : record);

/** The log as it is, folded once at every position: what everything else is held against. */
export class Truth {
  readonly commits: Commit[] = [];
  readonly decoded: DecodedCommit[] = [];
  readonly #versions = new Map<string, Version[]>();
  readonly #commandPos = new Map<string, number>();

  get head(): number {
    return this.commits.length;
  }

  get hash(): string {
    return this.decoded.at(-1)?.hash ?? '0'.repeat(64);
  }

  append(commit: Commit): DecodedCommit {
    const decoded = decodeCommit(commit);
    this.commits.push(commit);
    this.decoded.push(decoded);
    this.#commandPos.set(decoded.commandId, decoded.pos);
    for (const tag of decoded.tags) this.#fold(tag, decoded);
    return decoded;
  }

  commandPos(commandId: string): number | null {
    return this.#commandPos.get(commandId) ?? null;
  }

  /** Every key there is at the position. */
  keysAt(pos: number): readonly ApiKeyState[] {
    return this.namesOf('key-')
      .map((name) => this.stateAt(name, pos) as ApiKeyState | null)
      .filter((state) => state !== null);
  }

  namesOf(prefix: string): readonly string[] {
    return [...this.#versions.keys()].filter((tag) => tag.startsWith(prefix));
  }

  versions(name: string): readonly Version[] {
    return this.#versions.get(name) ?? [];
  }

  stateAt(tag: string, pos: number): unknown {
    const version = this.#versions.get(tag)?.findLast((one) => one.pos <= pos);
    return version === undefined ? unfolded(foldOf, tag).state : version.state;
  }

  recordJson(name: string, version: Version): string {
    version.record ??= comparable(recordOf(name, version.state));
    return version.record;
  }

  registryAt(pos: number): RegistryState {
    return this.stateAt(tags.registry, pos) as RegistryState;
  }

  viewAt(pos: number): StateView {
    const at = <State>(tag: string): State => this.stateAt(tag, pos) as State;
    return {
      user: (id) => at(tags.user(id)),
      organization: (id) => at(tags.org(id)),
      environment: (id) => at(tags.env(id)),
      apiKey: (id) => at(tags.key(id)),
      backendKey: (id) => at(tags.backendKey(id)),
      session: (id) => at(tags.session(id)),
      claim: (tag) => at(tag),
      registry: () => at(tags.registry),
      command: (id) => at(tags.command(id)),
    };
  }

  #fold(tag: string, commit: DecodedCommit): void {
    const versions = this.#versions.get(tag) ?? [];
    this.#versions.set(tag, versions);
    const before = versions.at(-1);
    const loaded = before === undefined ? unfolded(foldOf, tag) : { state: before.state, pos: before.pos };
    versions.push({ pos: commit.pos, state: foldCommit(foldOf, tag, loaded, commit).state, record: null });
  }
}
