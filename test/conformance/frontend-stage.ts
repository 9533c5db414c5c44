import { createFrontendApisClient } from '@propelauth/frontend-apis';
import { BackendApi } from '@test/support/clients/backend-api.js';
import { EndUserApi } from '@test/support/clients/browser-session.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';
import { UNKNOWN_KEY_ID } from './case-context.js';
import { openPage, type PageUnderTest } from './end-user-fetch.js';

/** What the client documents for each call. */
export const HANDLERS = {
  createPersonalApiKey: [
    'success',
    'badRequest',
    'noPersonalApiKeyPermission',
    'invalidExpirationOption',
    'unauthorized',
    'emailNotConfirmed',
    'unexpectedOrUnhandled',
  ],
  createOrgApiKey: ['success', 'badRequest', 'noOrgApiKeyPermission', 'invalidExpirationOption', 'unauthorized', 'emailNotConfirmed', 'unexpectedOrUnhandled'],
  updateApiKey: ['success', 'badRequest', 'noApiKeyPermission', 'apiKeyNotFound', 'unauthorized', 'emailNotConfirmed', 'unexpectedOrUnhandled'],
  deleteApiKey: ['success', 'noApiKeyPermission', 'apiKeyNotFound', 'unauthorized', 'emailNotConfirmed', 'unexpectedOrUnhandled'],
  fetchPersonalApiKeys: ['success', 'badRequest', 'personalApiKeysDisabled', 'unauthorized', 'emailNotConfirmed', 'unexpectedOrUnhandled'],
  fetchOrgApiKeys: [
    'success',
    'badRequest',
    'orgApiKeysDisabled',
    'orgNotFound',
    'cannotAccessOrgApiKeys',
    'unauthorized',
    'emailNotConfirmed',
    'unexpectedOrUnhandled',
  ],
  emailPasswordLogin: [
    'success',
    'badRequest',
    'invalidCredentials',
    'userAccountDisabled',
    'userAccountLocked',
    'passwordLoginDisabled',
    'unexpectedOrUnhandled',
  ],
  fetchLoginState: ['success', 'unexpectedOrUnhandled'],
  signup: ['success', 'badRequest', 'signupDisabled', 'unexpectedOrUnhandled'],
} as const;
export type CallName = keyof typeof HANDLERS;

export const PASSWORD = 'a long enough password';

export interface Handled {
  readonly handler: string;
  readonly given: unknown;
}
type Answered = Promise<{ handle: (handler: never) => unknown }>;

/** A page of an application, with the unmodified client, before a running server. */
export class FrontendStage {
  readonly api: BackendApi;
  readonly client: ReturnType<typeof createFrontendApisClient>;
  /** Every way that was taken, by call. */
  readonly seen = new Map<CallName, Set<string>>();
  readonly #page: PageUnderTest;
  readonly #close: () => void;

  private constructor(
    readonly server: TestedServer,
    readonly orgId: string,
    readonly owner: EndUserApi,
    readonly member: EndUserApi,
    readonly ownerId: string,
  ) {
    this.api = BackendApi.of(server);
    this.#page = { endUser: owner, origin: null };
    this.#close = openPage(server, this.#page);
    this.client = createFrontendApisClient({ authUrl: server.authUrl, baseApiUrl: server.authUrl });
  }

  static async open(server: TestedServer): Promise<FrontendStage> {
    const api = BackendApi.of(server);
    const orgId = await api.createOrg();
    const { endUser: owner, userId } = await newMember(server, api, orgId, 'Owner');
    const { endUser: member } = await newMember(server, api, orgId, 'Member');
    return new FrontendStage(server, orgId, owner, member, userId);
  }

  close(): void {
    this.#close();
  }

  /** Whose browser shows the page from now on; `origin` where it is not the auth URL's own. */
  as(endUser: EndUserApi, origin: string | null = null): EndUserApi {
    return Object.assign(this.#page, { endUser, origin }).endUser;
  }

  nobody(): EndUserApi {
    return this.as(EndUserApi.of(this.server));
  }

  async newUser(fields: Readonly<Record<string, unknown>> = {}): Promise<{ readonly email: string; readonly userId: string }> {
    const email = this.api.newEmail();
    return { email, userId: await this.api.createUser({ email, password: PASSWORD, email_confirmed: true, ...fields }) };
  }

  async newMember(role: string): Promise<EndUserApi> {
    return (await newMember(this.server, this.api, this.orgId, role)).endUser;
  }

  /** For the time of `act`. */
  async under(settings: Readonly<Record<string, unknown>>, back: Readonly<Record<string, unknown>>, act: () => Promise<void>): Promise<void> {
    await this.server.changeSettings(settings);
    try {
      await act();
    } finally {
      await this.server.changeSettings(back);
    }
  }

  /** What a page does: one call, then `handle` with everything that the client documents for it. It must take exactly one way. */
  async handled(name: CallName, call: Answered): Promise<Handled> {
    const taken: Handled[] = [];
    const handlers = Object.fromEntries(
      HANDLERS[name].map((one) => [
        one,
        (given: unknown) => {
          taken.push({ handler: one, given });
        },
      ]),
    );
    await (await call).handle(handlers as never);
    const [handled] = taken;
    if (handled === undefined || taken.length > 1) throw new Error(`${name} was handled by ${taken.map((one) => one.handler).join() || 'nobody'}.`);
    const seen = this.seen.get(name) ?? new Set();
    this.seen.set(name, seen.add(handled.handler));
    return handled;
  }

  async visit(name: CallName, call: Answered): Promise<string> {
    return (await this.handled(name, call)).handler;
  }

  /** Every call about keys, by the same end user: which ways they took. */
  async visitAll(): Promise<ReadonlySet<string>> {
    const { client, orgId } = this;
    return new Set(
      await Promise.all([
        this.visit('createPersonalApiKey', client.createPersonalApiKey()),
        this.visit('createOrgApiKey', client.createOrgApiKey(orgId)),
        this.visit('updateApiKey', client.updateApiKey({ api_key_id: UNKNOWN_KEY_ID, display_name: 'x' })),
        this.visit('deleteApiKey', client.deleteApiKey(UNKNOWN_KEY_ID)),
        this.visit('fetchPersonalApiKeys', client.fetchPersonalApiKeys({})),
        this.visit('fetchOrgApiKeys', client.fetchOrgApiKeys({ org_id: orgId })),
      ]),
    );
  }

  async newKey(whose: 'personal' | 'organization'): Promise<string> {
    const made = await (whose === 'organization' ? this.client.createOrgApiKey(this.orgId) : this.client.createPersonalApiKey());
    if (!made.ok) throw new Error(`No key: ${JSON.stringify(made.error)}`);
    return made.data.api_key_id;
  }

  logIn(email: string, password = PASSWORD): Promise<Handled> {
    return this.handled('emailPasswordLogin', this.client.emailPasswordLogin({ email, password }));
  }

  /** What the client says of the login: the whole answer. */
  async loginState(): Promise<unknown> {
    return (await this.handled('fetchLoginState', this.client.fetchLoginState())).given;
  }
}

const newMember = async (
  server: TestedServer,
  api: BackendApi,
  orgId: string,
  role: string,
): Promise<{ readonly endUser: EndUserApi; readonly userId: string }> => {
  const email = api.newEmail();
  const userId = await api.createUser({ email, password: PASSWORD, email_confirmed: true });
  await api.addMember(userId, orgId, role);
  const endUser = EndUserApi.of(server);
  await endUser.logIn(email, PASSWORD);
  return { endUser, userId };
};
