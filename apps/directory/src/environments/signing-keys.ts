import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { importPKCS8 } from 'jose';
import { activeSigningKey, type EnvironmentState } from '@app/domain';
import { DirectorySecrets, seal, unseal } from '@app/secrets';

const generate = promisify(generateKeyPair);

export interface SealedKeyPair {
  readonly publicKeyPem: string;
  readonly sealedPrivateKey: string;
}
type SigningKey = Awaited<ReturnType<typeof importPKCS8>>;

/** The first key of an environment has its id. */
const purposeOf = (environmentId: string, keyId: string): string =>
  keyId === environmentId ? `environment-key:${environmentId}` : `environment-key:${environmentId}:${keyId}`;

/** Environments' RSA keys: created here, sealed in the log, and opened only here. */
@Injectable()
export class SigningKeys {
  readonly #sealSecret: Buffer;
  /** By key id; an id never gets another key. */
  readonly #opened = new Map<string, Promise<SigningKey>>();
  constructor(@Inject(DirectorySecrets) secrets: DirectorySecrets) {
    this.#sealSecret = secrets.sealSecret;
  }

  /** 2048 bits are the minimum that every client accepts. The public key is in SPKI form: Go reads no other PEM block. */
  async generate(environmentId: string, keyId: string): Promise<SealedKeyPair> {
    const { publicKey, privateKey } = await generate('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    return { publicKeyPem: publicKey, sealedPrivateKey: seal(this.#sealSecret, purposeOf(environmentId, keyId), privateKey) };
  }

  /** The key that signs now. */
  async of(environment: EnvironmentState): Promise<{ readonly keyId: string; readonly key: SigningKey }> {
    const { keyId, sealedPrivateKey } = activeSigningKey(environment);
    const opened = this.#opened.get(keyId) ?? this.#open(environment.environmentId, keyId, sealedPrivateKey);
    this.#opened.set(keyId, opened);
    return { keyId, key: await opened };
  }

  async #open(environmentId: string, keyId: string, sealedPrivateKey: string): Promise<SigningKey> {
    try {
      return await importPKCS8(unseal(this.#sealSecret, purposeOf(environmentId, keyId), sealedPrivateKey), 'RS256');
    } catch (error) {
      // A stored failure would outlive its cause.
      this.#opened.delete(keyId);
      throw error;
    }
  }
}
