import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { importPKCS8 } from 'jose';
import type { EnvironmentState } from '@app/domain';
import { DirectorySecrets, seal, unseal } from '@app/secrets';

const generate = promisify(generateKeyPair);

export interface SealedKeyPair {
  readonly publicKeyPem: string;
  readonly sealedPrivateKey: string;
}
type SigningKey = Awaited<ReturnType<typeof importPKCS8>>;

const purposeOf = (environmentId: string): string => `environment-key:${environmentId}`;

/** Environments' RSA keys: made here, sealed in the log, opened here and nowhere else. */
@Injectable()
export class SigningKeys {
  readonly #sealSecret: Buffer;
  /** By environment: one key for ever, because clients fetch the public one once. */
  readonly #opened = new Map<string, Promise<SigningKey>>();
  constructor(@Inject(DirectorySecrets) secrets: DirectorySecrets) {
    this.#sealSecret = secrets.sealSecret;
  }

  /** 2048 bits are the least that every client accepts. The public key as SPKI: Go takes no other PEM block. */
  async generate(environmentId: string): Promise<SealedKeyPair> {
    const { publicKey, privateKey } = await generate('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    return { publicKeyPem: publicKey, sealedPrivateKey: seal(this.#sealSecret, purposeOf(environmentId), privateKey) };
  }

  of({ environmentId, sealedPrivateKey }: EnvironmentState): Promise<SigningKey> {
    const opened = this.#opened.get(environmentId) ?? this.#open(environmentId, sealedPrivateKey);
    this.#opened.set(environmentId, opened);
    return opened;
  }

  async #open(environmentId: string, sealedPrivateKey: string): Promise<SigningKey> {
    try {
      return await importPKCS8(unseal(this.#sealSecret, purposeOf(environmentId), sealedPrivateKey), 'RS256');
    } catch (error) {
      // Kept, the failure would outlive its cause.
      this.#opened.delete(environmentId);
      throw error;
    }
  }
}
