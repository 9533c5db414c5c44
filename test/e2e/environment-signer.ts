import { createPrivateKey, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { MongoEventLog, openMongo } from '@app/adapters/mongo';
import { SqliteEventLog } from '@app/adapters/sqlite';
import { type DomainEvent, tags } from '@app/domain';
import { decodeCommit } from '@app/log';
import type { Commit, EventLog } from '@app/ports';
import { openSecretsFile, SecretFiles, unseal } from '@app/secrets';
import { mongoDatabaseUrl } from '@tools/stack';
import { StackServer } from '@test/support/servers/stack-server.js';
import { StandaloneServer } from '@test/support/servers/standalone-process.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

const sealSecretOf = (server: TestedServer): Buffer => {
  if (server instanceof StandaloneServer) return openSecretsFile(server.dataDir, true).sealSecret;
  if (server instanceof StackServer) return new SecretFiles(server.stack.files.folderOf('directory')).sealSecret;
  throw new Error('It is unknown where this server keeps its secrets.');
};

const read = async (log: EventLog, tag: string): Promise<readonly Commit[]> => {
  try {
    return await log.readTagged(tag);
  } finally {
    await log.close();
  }
};
const commitsOf = async (server: TestedServer, tag: string): Promise<readonly Commit[]> => {
  if (server instanceof StandaloneServer) return read(SqliteEventLog.open(join(server.dataDir, 'log.db'), { readOnly: true }), tag);
  if (!(server instanceof StackServer)) throw new Error('It is unknown where this server keeps its log.');
  const link = await openMongo({ url: mongoDatabaseUrl(server.stack.servers.mongo.url, 'keyfence'), appName: 'keyfence suite' });
  try {
    return await read(new MongoEventLog(link), tag);
  } finally {
    await link.close();
  }
};

const sealedKeyIn = (event: DomainEvent): readonly (readonly [string, string])[] => {
  if (event.type === 'environment.created.v1') return [[event.data.environmentId, event.data.sealedPrivateKey]];
  return event.type === 'environment.signing-key-published.v1' ? [[event.data.keyId, event.data.sealedPrivateKey]] : [];
};

/**
 * Signs with an environment's own private keys, taken from the log and the deployment's secrets: what is wrong with such a token no
 * signature tells, so the rules after it are all that stands between it and a session.
 */
export class EnvironmentSigner {
  private constructor(
    readonly environmentId: string,
    readonly keys: ReadonlyMap<string, KeyObject>,
  ) {}

  static async of(server: TestedServer, environmentId: string): Promise<EnvironmentSigner> {
    const commits = await commitsOf(server, tags.env(environmentId));
    const sealSecret = sealSecretOf(server);
    const sealed = commits.flatMap((commit) => decodeCommit(commit).events).flatMap(sealedKeyIn);
    return new EnvironmentSigner(
      environmentId,
      new Map(
        sealed.map(([keyId, text]) => {
          const purpose = keyId === environmentId ? `environment-key:${environmentId}` : `environment-key:${environmentId}:${keyId}`;
          return [keyId, createPrivateKey(unseal(sealSecret, purpose, text))];
        }),
      ),
    );
  }

  keyOf(keyId: string): KeyObject {
    const key = this.keys.get(keyId);
    if (key === undefined) throw new Error(`The environment has no signing key ${keyId}.`);
    return key;
  }

  /** With its first key, unless told otherwise; the claims as they stand. */
  async sign(claims: JWTPayload, header: Partial<JWTHeaderParameters> = {}, keyId = this.environmentId): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: keyId, ...header }).sign(this.keyOf(keyId));
  }

  /** As tokens were before keys had ids. */
  async signWithoutKeyId(claims: JWTPayload): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT' }).sign(this.keyOf(this.environmentId));
  }
}
