import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { type EnvironmentSettings, tags, type UserRecord } from '@app/domain';
import { GatewayRig, type WireAnswer } from './gateway-rig.js';
import { ENV_ID, environmentRecord, ORG_ID, organizationRecord, USER_ID, userRecord } from './records.js';

const HOST = '127.0.0.1';

/** The frontend API with a logged-in end user, in front of services that return what the test sets. */
export class FrontendRig {
  readonly gateway: GatewayRig;
  readonly #publicKeyPem: string;
  readonly #accessToken: string;

  private constructor(gateway: GatewayRig, publicKeyPem: string, accessToken: string) {
    this.gateway = gateway;
    this.#publicKeyPem = publicKeyPem;
    this.#accessToken = accessToken;
  }

  static async start(): Promise<FrontendRig> {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const token = await new SignJWT({ session_epoch: 0 })
      .setProtectedHeader({ alg: 'RS256', kid: ENV_ID })
      .setSubject(USER_ID)
      .setIssuer(environmentRecord().settings.authUrl)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
    const rig = new FrontendRig(await GatewayRig.start(1_000_000), publicKey.export({ type: 'spki', format: 'pem' }).toString(), token);
    rig.gateway.node.records.set(tags.authHost(HOST), { kind: 'host', host: HOST, environmentId: ENV_ID });
    return rig;
  }

  get rpc() {
    return this.gateway.rpc;
  }

  /** Sets the user and the environment, and forgets replies and calls. */
  reset({ settings = {}, user = {} }: { readonly settings?: Partial<EnvironmentSettings>; readonly user?: Partial<UserRecord> } = {}): void {
    const { records } = this.gateway.node;
    const environment = environmentRecord(settings);
    const signingKeys = environment.signingKeys.map((key) => ({ ...key, publicKeyPem: this.#publicKeyPem }));
    records.set(tags.env(ENV_ID), { ...environment, signingKeys });
    records.set(tags.user(USER_ID), { ...userRecord(), ...user });
    records.set(tags.org(ORG_ID), organizationRecord());
    this.rpc.replies = {};
    this.rpc.asked.length = 0;
  }

  /** Sends a request like the official client. `cookie` replaces the end user's access token. */
  send(method: string, path: string, body?: unknown, cookie = `access_token=${this.#accessToken}`): Promise<WireAnswer> {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    return this.gateway.send(method, `/api/fe/v3${path}`, {
      headers: { 'content-type': 'application/json', 'x-csrf-token': '-.-', cookie },
      ...(text === undefined ? {} : { body: text }),
    });
  }

  stop(): Promise<void> {
    return this.gateway.stop();
  }
}
