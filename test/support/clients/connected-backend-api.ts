import { BackendCalls, backendHeaders, bodyText, type HeaderLines, KEYS, type Method } from './backend-api.js';
import { HttpConnection, requestText, type TimedAnswer } from './http-connection.js';

export interface Target {
  readonly port: number;
  readonly backendKey: string;
}

export const hostOf = ({ port }: Target): string => `127.0.0.1:${String(port)}`;

/** A whole request of the backend API, ready to be written; `headers`: further ones. */
export const backendRequest = (target: Target, method: Method, path: string, body?: unknown, headers: HeaderLines = {}): string =>
  requestText({ method, path, headers: { host: hostOf(target), ...backendHeaders(target.backendKey), ...headers }, body: bodyText(body) });

export const validateRequest = (target: Target, token: string): string => backendRequest(target, 'POST', `${KEYS}/validate`, { api_key_token: token });

/** Over one connection: each answer says when it was asked for and when it was there. */
export class ConnectedBackendApi extends BackendCalls<TimedAnswer> {
  protected readonly connection: HttpConnection;

  constructor(protected readonly target: Target) {
    super();
    this.connection = new HttpConnection(target.port);
  }

  call(method: Method, path: string, body?: unknown, headers: HeaderLines = {}): Promise<TimedAnswer> {
    return this.connection.exchange(backendRequest(this.target, method, path, body, headers));
  }

  close(): void {
    this.connection.close();
  }
}
