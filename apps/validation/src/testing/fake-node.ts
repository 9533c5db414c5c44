import type { KeyVerdictRecords } from '@app/domain';
import { type BackendKeyRecords, CachedRecord, FenceUnavailable, isLinked, type LinkedRecord, type ResolvedRecords } from '@app/fence';
import { importedSpace, mintApiKeyToken, mintBackendKey, nativeSpace, newKeyId, tokenDigest } from '@app/tokens';
import { VerdictLink } from '@app/fence/node/cached-record.js';
import { backendKeyRecord, envRecord, keyRecord } from '@test/support/fence/records.js';
import type { ValidatingNode } from '../validate-key.js';

type KeyRecords = Partial<KeyVerdictRecords>;

/** A fence node without a fence: what is in memory and what only a look-up finds is as the test says. */
export class FakeNode implements ValidatingNode {
  readonly #memory = new Map<string, CachedRecord>();
  readonly #elsewhere = new Map<string, ResolvedRecords>();
  readonly lookUps: string[] = [];
  nowMs = Date.UTC(2030, 0, 1, 12);
  /** What a look-up throws instead of answering. */
  failure: Error | null = null;
  /** A look-up answers when this has. */
  gate: Promise<void> = Promise.resolve();

  hit(digest: string): LinkedRecord | null {
    const record = this.#memory.get(digest);
    return record !== undefined && isLinked(record) ? record : null;
  }

  async resolve(digest: string): Promise<ResolvedRecords | null> {
    const hit = this.hit(digest);
    if (hit !== null) return hit.verdict;
    this.lookUps.push(digest);
    await this.gate;
    if (this.failure !== null) throw this.failure;
    return this.#elsewhere.get(digest) ?? null;
  }

  now(): number {
    return this.nowMs;
  }

  unavailable(): void {
    this.failure = new FenceUnavailable('a test says so');
  }

  /** Everything in memory is forgotten and found by look-ups only. */
  forget(): void {
    for (const [digest, record] of this.#memory) if (record.verdict !== null) this.#elsewhere.set(digest, record.verdict);
    this.#memory.clear();
  }

  record(digest: string): CachedRecord {
    const record = this.#memory.get(digest);
    if (record === undefined) throw new Error('not in memory');
    return record;
  }

  addBackendKey(changes: Partial<BackendKeyRecords['backendKey']> = {}): string {
    const token = mintBackendKey().reveal();
    const backendKey = backendKeyRecord(newKeyId(), changes);
    const environment = envRecord({ environmentId: backendKey.environmentId });
    this.#put(tokenDigest('backend', token), { kind: 'backendkey', records: { backendKey, environment } });
    return token;
  }

  addNativeKey(records: KeyRecords = {}): { token: string; digest: string } {
    const key = records.key ?? keyRecord(newKeyId());
    const token = mintApiKeyToken(key.keyId, '').reveal();
    return { token, digest: this.#putKey(tokenDigest(nativeSpace(key.environmentId), token), { ...records, key }) };
  }

  addImportedKey(token: string, records: KeyRecords = {}): string {
    const key = records.key ?? keyRecord(newKeyId(), { imported: true });
    return this.#putKey(tokenDigest(importedSpace(key.environmentId), token), { ...records, key });
  }

  #putKey(digest: string, records: KeyRecords & Pick<KeyVerdictRecords, 'key'>): string {
    this.#put(digest, { kind: 'key', records: { environment: envRecord(), user: null, org: null, creator: null, memberOrgs: [], ...records } });
    return digest;
  }

  #put(digest: string, verdict: ResolvedRecords): void {
    const state = verdict.kind === 'key' ? verdict.records.key : verdict.records.backendKey;
    const record = new CachedRecord(digest, state, 1, digest);
    record.link = new VerdictLink({ user: null, org: null, creator: null, memberOrgs: [], ...verdict.records }, []);
    this.#memory.set(digest, record);
  }
}
