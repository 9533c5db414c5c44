import { randomBytes } from 'node:crypto';
import { mintApiKeyToken, mintBackendKey, mintRefreshToken, newKeyId } from '@app/tokens';
import { SecretSearch } from './secret-search.js';

export const DEPLOYMENT_SECRET = 'secret of the deployment';
const KEY_ID_LENGTH = 32;
const SESSION_ID_LENGTH = 32;
const random = (): string => randomBytes(12).toString('hex');

/** What was given to a server as a secret, or by it as one. Each has a kind, which is what a failed test prints of it. */
export class PlantedSecrets {
  readonly search = new SecretSearch();
  count = 0;

  /** `publicLength`: how many characters at the beginning are not secret. */
  plant(kind: string, secret: string, publicLength = 0): string {
    this.search.add(kind, secret.slice(publicLength));
    this.count += 1;
    return secret;
  }

  /** A token as this server issued it: the id of the key in it is public. */
  issuedToken(kind: string, token: string, prefix = ''): string {
    return this.plant(kind, token, prefix.length + KEY_ID_LENGTH);
  }

  /** Only the signature: the rest of an access token is made of ids and public words. */
  accessToken(kind: string, jwt: string): string {
    this.plant(kind, jwt.slice(jwt.lastIndexOf('.') + 1));
    return jwt;
  }

  /** The id of the session in it is public. */
  refreshToken(kind: string, token: string): string {
    return this.plant(kind, token, SESSION_ID_LENGTH);
  }

  strangeRefreshToken(kind: string): string {
    return this.refreshToken(kind, mintRefreshToken(newKeyId()).reveal());
  }

  /** Well-formed, never issued: as of another deployment. */
  strangeToken(kind: string): string {
    return this.issuedToken(kind, mintApiKeyToken(newKeyId(), '').reveal());
  }

  strangeBackendKey(kind: string): string {
    return this.plant(kind, mintBackendKey().reveal());
  }

  /** Secret text that every way of writing it down spells differently. */
  oddText(kind: string): string {
    return this.plant(kind, `${random()}ü ${random()}"\\/${random()}\t𝄞${random()}%+&=é${random()}`);
  }

  /** Peppers and seals, as they stand in their file; as hex, whose spellings are those of the bytes as well. */
  deploymentSecrets(file: string): void {
    for (const [secret] of file.matchAll(/[A-Za-z0-9+/]{43}=/g)) this.plant(DEPLOYMENT_SECRET, Buffer.from(secret, 'base64').toString('hex'));
  }

  asciiText(kind: string): string {
    return this.plant(kind, random() + random());
  }
}
