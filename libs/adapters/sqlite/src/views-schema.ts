/** Raised with every change below: files of another version are projected again. */
export const VIEWS_SCHEMA_VERSION = 3;

/** What stands for "never" in `expires_at` and `ends_at`, so that "still valid" is one range of an index instead of two. */
export const NEVER_MS = Number.MAX_SAFE_INTEGER;

/**
 * Every list is answered from an index alone up to the rows of its page; the states (the fat part) are read for those only.
 * Columns after the ordering ones are there for that: leaving them out turns a search over 100 000 users into as many row reads.
 */
export const VIEWS_SCHEMA = `
CREATE TABLE projections (name TEXT PRIMARY KEY, version INTEGER NOT NULL, pos INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE projection_views (projection TEXT NOT NULL, view TEXT NOT NULL, PRIMARY KEY (projection, view)) WITHOUT ROWID;
CREATE TABLE environment_numbers (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);

CREATE TABLE environments (
  id TEXT PRIMARY KEY, pos INTEGER NOT NULL, environment INTEGER NOT NULL, created_at INTEGER NOT NULL, state TEXT NOT NULL
);

CREATE TABLE users (
  id TEXT PRIMARY KEY, pos INTEGER NOT NULL, environment INTEGER NOT NULL,
  deleted INTEGER NOT NULL, email TEXT NOT NULL, username TEXT, legacy_id TEXT,
  created_at INTEGER NOT NULL, last_active_at INTEGER NOT NULL, state TEXT NOT NULL
);
-- The narrowest there is: for totals.
CREATE INDEX users_total ON users (environment) WHERE deleted = 0;
CREATE INDEX users_created ON users (environment, created_at DESC, id, email, username, legacy_id) WHERE deleted = 0;
CREATE INDEX users_active ON users (environment, last_active_at DESC, id, email, username, legacy_id) WHERE deleted = 0;
CREATE INDEX users_email ON users (environment, email, id, username, legacy_id) WHERE deleted = 0;
CREATE INDEX users_username ON users (environment, username, id, email, legacy_id) WHERE deleted = 0;
CREATE INDEX users_legacy ON users (environment, legacy_id, id) WHERE deleted = 0 AND legacy_id IS NOT NULL;

-- Active memberships only: one row for the role (main = 1) and one for each additional role that differs from it.
CREATE TABLE memberships (
  user_id TEXT NOT NULL, org_id TEXT NOT NULL, role TEXT NOT NULL, main INTEGER NOT NULL,
  environment INTEGER NOT NULL, created_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, org_id, role)
) WITHOUT ROWID;
CREATE INDEX memberships_org ON memberships (environment, org_id, created_at DESC, user_id) WHERE main = 1;
CREATE INDEX memberships_role ON memberships (environment, org_id, role, created_at DESC, user_id);

CREATE TABLE organizations (
  id TEXT PRIMARY KEY, pos INTEGER NOT NULL, environment INTEGER NOT NULL,
  deleted INTEGER NOT NULL, name TEXT NOT NULL, legacy_id TEXT, domain TEXT, created_at INTEGER NOT NULL, state TEXT NOT NULL
);
CREATE INDEX organizations_total ON organizations (environment) WHERE deleted = 0;
CREATE INDEX organizations_created ON organizations (environment, created_at DESC, id, name, legacy_id, domain) WHERE deleted = 0;
CREATE INDEX organizations_name ON organizations (environment, name, id, legacy_id, domain) WHERE deleted = 0;

CREATE TABLE api_keys (
  id TEXT PRIMARY KEY, pos INTEGER NOT NULL, environment INTEGER NOT NULL,
  user_id TEXT, org_id TEXT, creator_id TEXT,
  issued_pos INTEGER NOT NULL, created_at INTEGER NOT NULL, ended INTEGER NOT NULL, expires_at INTEGER NOT NULL, ends_at INTEGER NOT NULL,
  state TEXT NOT NULL
);
CREATE INDEX keys_created ON api_keys (environment, ended, created_at DESC, id, expires_at, ends_at);
CREATE INDEX keys_expiry ON api_keys (environment, ended, expires_at);
CREATE INDEX keys_user ON api_keys (environment, user_id, ended, created_at DESC, id, expires_at, ends_at, org_id) WHERE user_id IS NOT NULL;
CREATE INDEX keys_org ON api_keys (environment, org_id, ended, created_at DESC, id, expires_at, ends_at) WHERE org_id IS NOT NULL;
CREATE INDEX keys_of_user ON api_keys (environment, user_id, issued_pos, id) WHERE user_id IS NOT NULL;
CREATE INDEX keys_of_org ON api_keys (environment, org_id, issued_pos, id) WHERE org_id IS NOT NULL;
CREATE INDEX keys_of_creator ON api_keys (environment, creator_id, issued_pos, id) WHERE creator_id IS NOT NULL;

CREATE TABLE backend_keys (
  id TEXT PRIMARY KEY, pos INTEGER NOT NULL, environment INTEGER NOT NULL, created_at INTEGER NOT NULL, state TEXT NOT NULL
);
CREATE INDEX backend_keys_created ON backend_keys (environment, created_at DESC, id);
`;
