import { createHash } from 'node:crypto';
import { tags } from '@app/domain';
import { type JsonObject, KEYS, type Method, V1 } from '@test/support/clients/backend-api.js';
import { type CrashKey, type CrashOrg, type CrashUser, isDead, isPersonal, type Thing, type World } from './crash-world.js';

/** One command of a client. It is settled by its answer, or after the kill by the log and a repetition. */
export interface Attempt {
  readonly what: string;
  readonly call: { readonly method: Method; readonly path: string; readonly body?: JsonObject; readonly idempotencyKey?: string };
  /** The status when it takes place, and of a repetition when it has taken place before. */
  readonly firstStatus: number;
  readonly againStatus: number;
  /** Whose history it goes on with; null if it makes the thing. */
  readonly on: Thing | null;
  /** What is in the log afterwards, once; null if nothing is, because it repeats a denial. */
  readonly fact: string | null;
  /** Keys of which nothing is certain while it is not settled. */
  readonly covers: readonly CrashKey[];
  /** The client's world when it has taken place. `made`: what a creation made. */
  took(made: Made | null): void;
}

export interface Made {
  readonly id: string;
  readonly token: string | null;
}

/** The caller: with it the id of a repeatable command follows from its Idempotency-Key. */
export interface Asker {
  readonly environmentId: string;
  readonly backendKeyId: string;
}

type Creation = 'create-user' | 'create-organization' | 'create-api-key';
const PATHS: Readonly<Record<Creation, string>> = { 'create-user': `${V1}/user/`, 'create-organization': `${V1}/org/`, 'create-api-key': KEYS };

const commandIdOf = ({ environmentId, backendKeyId }: Asker, endpoint: Creation, idempotencyKey: string): string =>
  createHash('sha256').update([environmentId, backendKeyId, endpoint, idempotencyKey].join('\n')).digest('hex');

export const createdBy = (commandId: string): string => `created by ${commandId}`;

type Change = Pick<Attempt, 'covers'> & {
  readonly method: Method;
  readonly path: string;
  readonly body?: JsonObject;
  readonly fact: string | null;
  readonly took: () => void;
};

/** The commands of one client upon its own world. `op` makes every change another one, so that one which is there twice is seen. */
export class Attempts {
  constructor(
    private readonly world: World,
    private readonly asker: Asker,
  ) {}

  createUser(op: string): Attempt {
    return this.#creation(
      'create-user',
      op,
      { email: `${op}@example.test`, metadata: { op } },
      (made, fact) => void this.world.users.push({ id: made.id, tag: tags.user(made.id), facts: [fact], blocked: false, deleted: false, orgs: new Set() }),
    );
  }

  createOrg(op: string): Attempt {
    return this.#creation(
      'create-organization',
      op,
      { name: `Org ${op}` },
      (made, fact) => void this.world.orgs.push({ id: made.id, tag: tags.org(made.id), facts: [fact], deleted: false }),
    );
  }

  createKey(op: string, user: CrashUser | null, org: CrashOrg | null): Attempt {
    const owner = { ...(user === null ? {} : { user_id: user.id }), ...(org === null ? {} : { org_id: org.id }) };
    return this.#creation(
      'create-api-key',
      op,
      { ...owner, metadata: { op } },
      ({ id, token }, fact) =>
        void this.world.keys.push({ id, tag: tags.key(id), facts: [fact], token, user, org, metadata: { op }, revoked: false, ended: false }),
    );
  }

  updateUser(op: string, user: CrashUser): Attempt {
    return change(user, 'update', {
      method: 'PUT',
      path: `${V1}/user/${user.id}`,
      body: { metadata: { op } },
      fact: `changed ${op}`,
      covers: [],
      took: () => undefined,
    });
  }

  block(user: CrashUser): Attempt {
    const covers = this.world.keysOf({ user });
    const took = (): void => {
      user.blocked = true;
      for (const key of covers.filter(isPersonal)) key.ended = true;
    };
    return change(user, 'block', { method: 'POST', path: `${V1}/user/${user.id}/disable`, fact: user.blocked ? null : 'blocked', covers, took });
  }

  unblock(user: CrashUser): Attempt {
    const took = (): void => {
      user.blocked = false;
    };
    return change(user, 'unblock', { method: 'POST', path: `${V1}/user/${user.id}/enable`, fact: 'unblocked', covers: this.world.keysOf({ user }), took });
  }

  deleteUser(user: CrashUser): Attempt {
    const covers = this.world.keysOf({ user });
    const took = (): void => {
      user.deleted = true;
      for (const key of covers) key.ended = true;
    };
    return change(user, 'delete', { method: 'DELETE', path: `${V1}/user/${user.id}`, fact: 'deleted', covers, took }, { againStatus: 404 });
  }

  updateOrg(op: string, org: CrashOrg): Attempt {
    return change(org, 'update', {
      method: 'PUT',
      path: `${V1}/org/${org.id}`,
      body: { metadata: { op } },
      fact: `changed ${op}`,
      covers: [],
      took: () => undefined,
    });
  }

  deleteOrg(org: CrashOrg): Attempt {
    const covers = this.world.keysOf({ org });
    const took = (): void => {
      org.deleted = true;
      for (const key of covers) key.ended = true;
    };
    return change(org, 'delete', { method: 'DELETE', path: `${V1}/org/${org.id}`, fact: 'deleted', covers, took }, { againStatus: 404 });
  }

  join(user: CrashUser, org: CrashOrg): Attempt {
    const body = { user_id: user.id, org_id: org.id, role: 'Member' };
    return change(
      user,
      `join ${org.tag}`,
      { method: 'POST', path: `${V1}/org/add_user`, body, fact: `joined ${org.tag}`, covers: [], took: () => void user.orgs.add(org) },
      { againStatus: 400 },
    );
  }

  leave(user: CrashUser, org: CrashOrg): Attempt {
    const covers = this.world.keysOf({ user, org });
    const took = (): void => {
      user.orgs.delete(org);
      for (const key of covers) key.ended = true;
    };
    const body = { user_id: user.id, org_id: org.id };
    return change(
      user,
      `leave ${org.tag}`,
      { method: 'POST', path: `${V1}/org/remove_user`, body, fact: `left ${org.tag}`, covers, took },
      { againStatus: 404 },
    );
  }

  updateKey(op: string, key: CrashKey): Attempt {
    const took = (): void => {
      key.metadata = { op };
    };
    return change(key, 'update', { method: 'PATCH', path: `${KEYS}/${key.id}`, body: { metadata: { op } }, fact: `changed ${op}`, covers: [key], took });
  }

  /** Of a key that is dead already it is a 404, which is a denial too: it is revoked all the same, unless it was. */
  revoke(key: CrashKey): Attempt {
    const took = (): void => {
      key.revoked = true;
    };
    const statuses = { firstStatus: isDead(key) ? 404 : 200, againStatus: 404 };
    return change(key, 'revoke', { method: 'DELETE', path: `${KEYS}/${key.id}`, fact: key.revoked ? null : 'revoked', covers: [key], took }, statuses);
  }

  #creation(endpoint: Creation, op: string, body: JsonObject, born: (made: Made, fact: string) => void): Attempt {
    const fact = createdBy(commandIdOf(this.asker, endpoint, op));
    const took = (made: Made | null): void => {
      if (made === null) throw new Error(`${endpoint} ${op} has taken place and made nothing.`);
      born(made, fact);
    };
    const call = { method: 'POST', path: PATHS[endpoint], body, idempotencyKey: op } as const;
    // A token is shown once; everything else can be answered again as it was the first time.
    return { what: `${endpoint} ${op}`, call, firstStatus: 200, againStatus: endpoint === 'create-api-key' ? 409 : 200, on: null, fact, covers: [], took };
  }
}

const change = (
  on: Thing,
  verb: string,
  { method, path, body, fact, covers, took }: Change,
  statuses: Partial<Pick<Attempt, 'firstStatus' | 'againStatus'>> = {},
): Attempt => ({
  what: `${verb} ${on.tag}`,
  call: { method, path, ...(body === undefined ? {} : { body }) },
  firstStatus: 200,
  againStatus: 200,
  ...statuses,
  on,
  fact,
  covers,
  took: () => {
    if (fact !== null) on.facts.push(fact);
    took();
  },
});
