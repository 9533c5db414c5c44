import { type AuthOptions, initAuth } from '@propelauth/express';
import type { TestedServer } from '@test/support/servers/tested-server.js';
import { swapOrigin } from './swapped-origin.js';

// The package's types lean on those of express, which is not installed; these are the parts that the cases touch.
export interface Membership {
  readonly orgId: string;
  readonly assignedRole: string;
  readonly permissions: readonly string[];
}
export interface PropelUser {
  readonly userId: string;
  readonly email: string;
  readonly activeOrgId?: string;
  readonly orgIdToOrgMemberInfo?: Readonly<Record<string, Membership>>;
}
interface RequestOfExpress {
  readonly headers: { readonly authorization?: string };
  readonly params: Readonly<Record<string, string>>;
  user?: PropelUser;
  org?: Membership;
}
interface ResponseOfExpress {
  status(code: number): ResponseOfExpress;
  send(body?: unknown): ResponseOfExpress;
}
export type Middleware = (request: RequestOfExpress, response: ResponseOfExpress, next: () => void) => Promise<void>;

interface KeyValidation {
  readonly user?: { readonly userId: string } | null;
  readonly org?: { readonly orgId: string } | null;
}
export interface ExpressAuth {
  readonly requireUser: Middleware;
  readonly optionalUser: Middleware;
  readonly requireOrgMember: () => Middleware;
  readonly requireOrgMemberWithMinimumRole: (args: { minimumRequiredRole: string }) => Middleware;
  readonly requireOrgMemberWithExactRole: (args: { role: string }) => Middleware;
  readonly requireOrgMemberWithPermission: (args: { permission: string }) => Middleware;
  readonly createUser: (user: { email: string }) => Promise<{ userId: string }>;
  readonly disableUser: (userId: string) => Promise<boolean>;
  readonly createOrg: (org: { name: string }) => Promise<{ orgId: string }>;
  readonly addUserToOrg: (member: { userId: string; orgId: string; role: string }) => Promise<boolean>;
  readonly createAccessToken: (request: { userId: string; durationInMinutes: number; activeOrgId?: string }) => Promise<{ access_token: string }>;
  readonly createApiKey: (key: { userId?: string; orgId?: string }) => Promise<{ apiKeyId: string; apiKeyToken: string }>;
  readonly deleteApiKey: (apiKeyId: string) => Promise<boolean>;
  readonly validateApiKey: (token: string) => Promise<KeyValidation>;
  readonly validatePersonalApiKey: (token: string) => Promise<KeyValidation>;
  readonly validateOrgApiKey: (token: string) => Promise<KeyValidation>;
}

export interface Passed {
  /** The middleware let the request through. */
  readonly passed: boolean;
  /** What it answered otherwise. */
  readonly status: number | null;
  readonly user: PropelUser | null;
  readonly org: Membership | null;
}

/** Runs a middleware as express would, with the parts of a request that it reads. */
export const pass = async (middleware: Middleware, authorization?: string, orgId?: string): Promise<Passed> => {
  const request: RequestOfExpress = { headers: authorization === undefined ? {} : { authorization }, params: orgId === undefined ? {} : { orgId } };
  let status: number | null = null;
  let passed = false;
  const response: ResponseOfExpress = {
    status: (code) => {
      status = code;
      return response;
    },
    send: () => response,
  };
  await middleware(request, response, () => {
    passed = true;
  });
  return { passed, status, user: request.user ?? null, org: request.org ?? null };
};

export interface OpenExpress {
  readonly server: TestedServer;
  readonly auth: ExpressAuth;
  readonly init: (options: AuthOptions) => ExpressAuth;
  readonly close: () => Promise<void>;
}

/** The unmodified `@propelauth/express` against a fresh server; it fetches the verification metadata itself. */
export const openExpressClient = (server: TestedServer): OpenExpress => {
  const restore = swapOrigin(server.origin);
  const init = (options: AuthOptions): ExpressAuth => initAuth(options) as unknown as ExpressAuth;
  return {
    server,
    auth: init({ authUrl: server.authUrl, apiKey: server.backendKey }),
    init,
    close: async () => {
      restore();
      await server.remove();
    },
  };
};
