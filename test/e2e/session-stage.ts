import { type Answer, BackendApi, type JsonObject, objectOf, textAt, V1 } from '@test/support/clients/backend-api.js';
import { VisitorApi } from '@test/support/clients/browser-session.js';
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

  /** Of every instance that answers visitors. */
  get origins(): readonly string[] {
    if (!(this.server instanceof StackServer)) return [this.server.origin];
    return this.server.stack.replicasOf('gateway').flatMap(({ origin }) => origin ?? []);
  }

  visitorAt(origin: string, cookies: Readonly<Record<string, string>> = {}): VisitorApi {
    const visitor = new VisitorApi(origin, new URL(this.server.authUrl).host);
    for (const [name, value] of Object.entries(cookies)) visitor.cookies.set(name, value);
    return visitor;
  }

  visitor(cookies: Readonly<Record<string, string>> = {}): VisitorApi {
    return this.visitorAt(this.server.origin, cookies);
  }

  async newPerson(fields: JsonObject = {}): Promise<Person> {
    const email = this.api.newEmail();
    return { email, userId: await this.api.createUser({ email, password: PASSWORD, ...fields }) };
  }

  async loggedIn({ email }: Person): Promise<VisitorApi> {
    const visitor = this.visitor();
    await visitor.logIn(email, PASSWORD);
    return visitor;
  }

  logIn(email: string, password = PASSWORD): Promise<Answer> {
    return this.visitor().call('POST', `${FE}/login`, { email, password });
  }

  /** With a token of its own, or the one that the visitor's browser holds. */
  refresh(visitor: VisitorApi, query = ''): Promise<Answer> {
    return visitor.call('GET', `${REFRESH}${query}`, undefined, AS_BROWSER);
  }

  /** What an access token opens at each instance; it alone is shown. */
  async opens(accessToken: string): Promise<readonly number[]> {
    const shown = this.origins.map((origin) => this.visitorAt(origin, { access_token: accessToken }).call('GET', `${FE}/personal_api_keys`));
    return (await Promise.all(shown)).map(({ status }) => status);
  }

  /** The same for a refresh token, which is used up by it. */
  async refreshes(refreshToken: string): Promise<number> {
    return (await this.refresh(this.visitor({ refresh_token: refreshToken }))).status;
  }

  async user({ userId }: Person): Promise<JsonObject> {
    return this.api.done('GET', `${V1}/user/${userId}`);
  }

  refreshByBackend(refreshToken: string, query = ''): Promise<Answer> {
    return this.api.call('POST', `${V1}/refresh_token${query}`, { refresh_token: refreshToken });
  }
}

export const refreshTokenOf = ({ cookies }: VisitorApi): string => textAt(Object.fromEntries(cookies), 'refresh_token');

const UNLIKE = ['date', 'x-request-id', 'set-cookie'];

/** What a stranger can tell one answer from another by, beside the text of its body. */
export const shownBy = (answer: Answer): unknown => ({
  status: answer.status,
  headers: Object.fromEntries([...answer.headers].filter(([name]) => !UNLIKE.includes(name))),
  cookies: answer.headers.getSetCookie().length,
  fields: Object.keys(objectOf(answer)),
});
