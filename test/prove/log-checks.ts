import { createHash } from 'node:crypto';
import type { DomainEvent } from '@app/domain';
import type { DecodedCommit } from '@app/log';
import { keysThatFollow, recordedKeys } from '@test/support/log/log-facts.js';
import type { Ledger } from './ledger.js';
import type { Violations } from './violations.js';

/** What the ledger calls an event; null if no command of the load makes it, or its id says who made it. */
const effectOf = ({ type, data }: DomainEvent): string | null => {
  switch (type) {
    case 'api-key.metadata-changed.v1':
      return `${type} ${JSON.stringify(data.metadata?.['n'] ?? null)}`;
    case 'user.profile-changed.v1':
      return `${type} ${data.changes.firstName ?? ''}`;
    case 'organization.changed.v1':
      return `${type} ${data.changes.name ?? ''}`;
    case 'api-key.revoked.v1':
      return `${type} ${data.keyId}`;
    case 'organization.deleted.v1':
      return `${type} ${data.orgId}`;
    case 'session.ended.v1':
      return `${type} ${data.sessionId}`;
    case 'user.sessions-ended.v1':
    case 'user.blocked.v1':
    case 'user.unblocked.v1':
    case 'user.deleted.v1':
    case 'membership.joined.v1':
    case 'membership.role-changed.v1':
      return `${type} ${data.userId}`;
    default:
      return null;
  }
};

const counted = (texts: readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
};

const askerIn = (commits: readonly DecodedCommit[]): readonly [environmentId: string, backendKeyId: string] => {
  for (const { type, data } of commits.flatMap(({ events }) => events)) if (type === 'backend-key.issued.v1') return [data.environmentId, data.backendKeyId];
  throw new Error('The log has no backend key.');
};

/** I6: every command id once; every acknowledged creation by its id, every acknowledged change by its effect, none more often than it was asked. */
export const checkExactlyOnce = (commits: readonly DecodedCommit[], { creations, effects }: Ledger, violations: Violations): void => {
  const ids = counted(commits.map(({ commandId }) => commandId));
  for (const [id, times] of ids) if (times > 1) violations.add('I6', `The command ${id} is in the log ${times} times.`);
  const asker = askerIn(commits);
  for (const { endpoint, idempotencyKey } of creations) {
    const id = createHash('sha256')
      .update([...asker, endpoint, idempotencyKey].join('\n'))
      .digest('hex');
    if (!ids.has(id)) violations.add('I6', `An acknowledged ${endpoint} is not in the log.`);
  }
  const made = counted(commits.flatMap(({ events }) => events).flatMap((event) => effectOf(event) ?? []));
  for (const [effect, { least, most }] of effects) {
    // Whether a member left is counted by the joining again: a deletion of the user is a leaving too.
    if (effect.startsWith('membership.left')) continue;
    const times = made.get(effect) ?? 0;
    if (times < least || times > most)
      violations.add('I6', `${effect} is in the log ${times} times; acknowledged ${least} times, asked at most ${most} times.`);
  }
};

/** I8: the causes whose recorded set is not the one that follows from the log; empty when all cascades are done and right. */
export const unfinishedCauses = (commits: readonly DecodedCommit[]): readonly string[] => {
  const [follow, recorded] = [keysThatFollow(commits), recordedKeys(commits)];
  const causes = new Set([...Object.keys(follow), ...Object.keys(recorded)].map(Number));
  return [...causes].flatMap((pos) => {
    const [wanted, found] = [follow[pos]?.join() ?? '', recorded[pos]?.join() ?? ''];
    return wanted === found ? [] : [`the cause at ${pos} ends ${wanted || 'nothing'}; recorded are ${found || 'none'}`];
  });
};
