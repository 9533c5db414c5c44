/** The log's tags. A name of the fence is the tag of its entity. */
export const tags = {
  user: (id: string) => `user-${id}`,
  org: (id: string) => `org-${id}`,
  env: (id: string) => `env-${id}`,
  session: (id: string) => `session-${id}`,
  /** The host name of an environment's auth URL, in lower case and without a port: a request to it is in that environment. */
  authHost: (host: string) => `auth-host-${host}`,
  key: (id: string) => `key-${id}`,
  backendKey: (id: string) => `backendkey-${id}`,
  /** `hmac` is of the environment and the lower-case address, under directory's pepper: no address is ever a tag. */
  email: (hmac: string) => `email-${hmac}`,
  username: (hmac: string) => `username-${hmac}`,
  slug: (environmentId: string, slug: string) => `slug-${environmentId}-${slug}`,
  environmentName: (name: string) => `environment-name-${name}`,
  token: (hash: string) => `token-${hash}`,
  command: (id: string) => `command-${id}`,
  registry: 'registry',
} as const;
