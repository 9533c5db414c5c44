import { type Answer, BackendApi, type JsonObject, objectOf, textAt, V1 } from '@test/support/clients/backend-api.js';
import { EndUserApi } from '@test/support/clients/browser-session.js';
import { StackServer } from '@test/support/servers/stack-server.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

export const PASSWORD = 'a long enough password';
export const FE = '/api/fe/v3';
export const REFRESH = '/api/v1/refresh_token';
/** Every browser sends it, and no page can set it. */
export const AS_BROWSER = { 'sec-fetch-site': 'same-site' } as const;

export interface Person {
  readonly userId: string;
  readonly email: string;
}

/** What a token says, unchecked. */
export const claimsOf = (accessToken: string): JsonObject => JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()) as JsonObject;

/** People with sessions before a running server. */
export class SessionStage {
  readonly api: BackendApi;

  constructor(readonly server: TestedServer) {
    this.api = BackendApi.of(server);
  }

  /** Of every instance that answers end users. */
  get origins(): readonly string[] {
    if (!(this.server instanceof StackServer)) return [this.server.origin];
    return this.server.stack.replicasOf('gateway').flatMap(({ origin }) => origin ?? []);
  }

  endUserAt(origin: string, cookies: Readonly<Record<string, string>> = {}): EndUserApi {
    const endUser = new EndUserApi(origin, new URL(this.server.authUrl).host);
    for (const [name, value] of Object.entries(cookies)) endUser.cookies.set(name, value);
    return endUser;
  }

  endUser(cookies: Readonly<Record<string, string>> = {}): EndUserApi {
    return this.endUserAt(this.server.origin, cookies);
  }

  async newPerson(fields: JsonObject = {}): Promise<Person> {
    const email = this.api.newEmail();
    return { email, userId: await this.api.createUser({ email, password: PASSWORD, ...fields }) };
  }

  async loggedIn({ email }: Person): Promise<EndUserApi> {
    const endUser = this.endUser();
    await endUser.logIn(email, PASSWORD);
    return endUser;
  }

  logIn(email: string, password = PASSWORD): Promise<Answer> {
    return this.endUser().call('POST', `${FE}/login`, { email, password });
  }

  /** With a token of its own, or the one that the end user's browser holds. */
  refresh(endUser: EndUserApi, query = ''): Promise<Answer> {
    return endUser.call('GET', `${REFRESH}${query}`, undefined, AS_BROWSER);
  }

  /** What an access token opens at each instance; it alone is shown. */
  async opens(accessToken: string): Promise<readonly number[]> {
    const shown = this.origins.map((origin) => this.endUserAt(origin, { access_token: accessToken }).call('GET', `${FE}/personal_api_keys`));
    return (await Promise.all(shown)).map(({ status }) => status);
  }

  /** The same for a refresh token, which is used up by it. */
  async refreshes(refreshToken: string): Promise<number> {
    return (await this.refresh(this.endUser({ refresh_token: refreshToken }))).status;
  }

  async user({ userId }: Person): Promise<JsonObject> {
    return this.api.done('GET', `${V1}/user/${userId}`);
  }

  refreshByBackend(refreshToken: string, query = ''): Promise<Answer> {
    return this.api.call('POST', `${V1}/refresh_token${query}`, { refresh_token: refreshToken });
  }
}

export const refreshTokenOf = ({ cookies }: EndUserApi): string => textAt(Object.fromEntries(cookies), 'refresh_token');

const UNLIKE = ['date', 'x-request-id', 'set-cookie'];

/** What an outside caller can tell one answer from another by, beside the text of its body. */
export const shownBy = (answer: Answer): unknown => ({
  status: answer.status,
  headers: Object.fromEntries([...answer.headers].filter(([name]) => !UNLIKE.includes(name))),
  cookies: answer.headers.getSetCookie().length,
  fields: Object.keys(objectOf(answer)),
});
