import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { FenceRecord } from '../protocol/messages.js';

/**
 * Raise it with every change of the fields of a record (`record.ts` of each subject in libs/domain): in a rolling upgrade a record that
 * an older version stored, without a field that denies, must not be found by a newer one.
 */
const RECORDS_VERSION = 2;
const SECRET_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The key of a record: the digest of a token, or a name. */
export type AskedFor = { readonly digest: string } | { readonly name: string };

/**
 * Records as they leave the process for a shared cache. A reader or writer there learns neither digests nor names nor states,
 * and can return only values that a node of this deployment once stored at exactly that place, for exactly that log.
 */
export class SealedRecords {
  readonly #secret: Buffer;

  constructor(secret: Buffer) {
    if (secret.length !== SECRET_BYTES) throw new RangeError(`The cache secret must have ${SECRET_BYTES} bytes.`);
    this.#secret = secret;
  }

  placeOf(asked: AskedFor): string {
    const text = 'digest' in asked ? `digest\n${asked.digest}` : `name\n${asked.name}`;
    return `kf:c:${RECORDS_VERSION}:${createHmac('sha256', this.#secret).update(text).digest('hex')}`;
  }

  seal(place: string, logHash: string, record: FenceRecord): Buffer {
    // GCM breaks if an IV repeats under one secret: random ones of 96 bits are good for some 2^32 values (NIST SP 800-38D).
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#secret, iv).setAAD(boundTo(place, logHash));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(record), 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
  }

  /** Null for anything but a record of the requested thing, sealed for this place and log. */
  open(place: string, logHash: string, asked: AskedFor, value: Buffer): FenceRecord | null {
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#secret, value.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(boundTo(place, logHash)).setAuthTag(value.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const text = Buffer.concat([decipher.update(value.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
      const parsed: unknown = JSON.parse(text);
      return isRecord(parsed) && isOf(parsed, asked) ? parsed : null;
    } catch {
      return null;
    }
  }
}

const boundTo = (place: string, logHash: string): Buffer => Buffer.from(`${place}\n${logHash}`);

const isOf = (record: FenceRecord, asked: AskedFor): boolean => ('digest' in asked ? record.digest === asked.digest : record.name === asked.name);

/** The seal says who wrote it; a writer of another version may still have written another shape. */
const isRecord = (value: unknown): value is FenceRecord => {
  if (typeof value !== 'object' || value === null) return false;
  const { name, asOf, state, digest }: Partial<Record<keyof FenceRecord, unknown>> = value;
  return (
    typeof name === 'string' &&
    Number.isSafeInteger(asOf) &&
    (digest === undefined || typeof digest === 'string') &&
    typeof state === 'object' &&
    state !== null &&
    'kind' in state
  );
};
