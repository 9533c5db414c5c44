import type { JsonObject } from '@test/support/clients/backend-api.js';

/** Something a client made, and what it was told has happened to it: in this order it must stand in the log, each once. */
export interface Thing {
  readonly id: string;
  readonly tag: string;
  readonly facts: string[];
}

export interface CrashUser extends Thing {
  blocked: boolean;
  deleted: boolean;
  readonly orgs: Set<CrashOrg>;
}

export interface CrashOrg extends Thing {
  deleted: boolean;
}

export interface CrashKey extends Thing {
  /** Null: the answer that would have shown it was lost with the server. */
  readonly token: string | null;
  readonly user: CrashUser | null;
  readonly org: CrashOrg | null;
  metadata: JsonObject;
  revoked: boolean;
  /** Died with its owner, for good. */
  ended: boolean;
}

/** What one client knows for certain: it alone changes these things, one command at a time. */
export class World {
  readonly users: CrashUser[] = [];
  readonly orgs: CrashOrg[] = [];
  readonly keys: CrashKey[] = [];

  get things(): readonly Thing[] {
    return [...this.users, ...this.orgs, ...this.keys];
  }

  livingUsers(): readonly CrashUser[] {
    return this.users.filter(({ deleted }) => !deleted);
  }

  livingOrgs(): readonly CrashOrg[] {
    return this.orgs.filter(({ deleted }) => !deleted);
  }

  keysOf({ user, org }: { readonly user?: CrashUser; readonly org?: CrashOrg }): readonly CrashKey[] {
    return this.keys.filter((key) => (user === undefined || key.user === user) && (org === undefined || key.org === org));
  }
}

export const isPersonal = (key: CrashKey): boolean => key.user !== null && key.org === null;

/** An organization's key with a user is suspended while that user is blocked; the user's own keys end with the block. */
export const isDead = (key: CrashKey): boolean => key.revoked || key.ended || (key.org !== null && key.user?.blocked === true);
