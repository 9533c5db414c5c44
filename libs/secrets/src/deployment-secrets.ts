import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/** A key for HMACs over token digests, by id, so that it can be retired without touching issued keys. */
export interface Pepper {
  readonly id: string;
  readonly key: Buffer;
}

/** The deployment's secrets: without them the log cannot be used. Stored and backed up apart from it. */
export interface DeploymentSecrets {
  /** Newest first. The first one hashes new tokens; look-ups try each. Held by keys alone. */
  readonly peppers: readonly [Pepper, ...Pepper[]];
  /** For claims of addresses and user names, and for request hashes of directory. */
  readonly emailPepper: Buffer;
  /** Over every message of the fence between processes. */
  readonly fenceSecret: Buffer;
  /** Over keys and records in a shared cache. */
  readonly cacheSecret: Buffer;
  /** Seals private keys and password hashes that lie in the log. */
  readonly sealSecret: Buffer;
}

export const hmacHex = (key: Buffer, text: string): string => createHmac('sha256', key).update(text).digest('hex');

/** AES-256-GCM; `purpose` is bound to the result, so that a sealed value cannot be moved to another place. */
export const seal = (sealSecret: Buffer, purpose: string, plaintext: string): string => {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sealSecret, iv).setAAD(Buffer.from(purpose));
  const sealed = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
};

/** Throws if the value was sealed under another secret or for another purpose. */
export const unseal = (sealSecret: Buffer, purpose: string, sealed: string): string => {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', sealSecret, bytes.subarray(0, 12)).setAAD(Buffer.from(purpose));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
};

/** What directory may hold. A class, so that it can be injected. */
export class DirectorySecrets {
  readonly emailPepper: Buffer;
  readonly sealSecret: Buffer;
  constructor(secrets: Pick<DeploymentSecrets, 'emailPepper' | 'sealSecret'>) {
    this.emailPepper = secrets.emailPepper;
    this.sealSecret = secrets.sealSecret;
  }
}

/** The secrets of keys: no other service can turn a token's digest into what the log stores. */
export class KeysSecrets {
  readonly peppers: readonly [Pepper, ...Pepper[]];
  constructor(secrets: Pick<DeploymentSecrets, 'peppers'>) {
    this.peppers = secrets.peppers;
  }
}
