import { randomUUID } from 'node:crypto';
import { SqliteEventLog } from '@app/adapters/sqlite';
import type { Commit } from '@app/ports';
import { chainHash, prepareCommit } from '@app/log';

const BATCH = 2_000;

/** Makes a log long, as years of use would: `count` commits, each a user of an environment that is never asked about. Nothing else may have the file open. */
export const appendUsers = async (path: string, count: number): Promise<void> => {
  const log = SqliteEventLog.open(path);
  let last = await log.readHead();
  for (let written = 0; written < count; written += BATCH) {
    const batch: Commit[] = [];
    for (let index = 0; index < Math.min(BATCH, count - written); index += 1) {
      last = nextCommit(last, written + index);
      batch.push(last);
    }
    await log.insert(batch);
  }
  await log.close();
};

const nextCommit = (last: Commit | null, index: number): Commit => {
  const userId = randomUUID();
  const profile = {
    username: null,
    firstName: null,
    lastName: null,
    pictureUrl: null,
    legacyUserId: null,
    metadata: null,
    properties: {},
    updatePasswordRequired: false,
  };
  const data = {
    userId,
    environmentId: 'elsewhere',
    email: `u${index}@example.test`,
    emailTag: `email-${userId}`,
    emailConfirmed: false,
    profile,
    usernameTag: null,
    canCreateOrgs: false,
  };
  const event = { type: 'user.created.v1' as const, tags: [`user-${userId}`, data.emailTag], data };
  const prev = last === null ? '0'.repeat(64) : chainHash(last);
  const content = { commandId: randomUUID(), requestHash: null, at: Date.now(), actor: 'system', events: [event] };
  return prepareCommit((last?.pos ?? 0) + 1, prev, content).commit;
};
