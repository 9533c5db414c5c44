import { defaultSettings, type DomainEvent, tags } from '@app/domain';
import { prepareCommit } from '@app/log';
import { TokenHashes } from '@app/keys';
import { DirectorySecrets, KeysSecrets } from '@app/secrets';
import type { Commit } from '@app/ports';
import { IdentifierHashes } from '@app/directory/hashing/identifier-hashes.js';
import { facts } from '@test/support/domain/fixtures.js';

export const LEASE_MS = 1_000;
export const ENV = 'e1';
export const USERS = ['u0', 'u1'] as const;
export const ORG = 'o0';
/** Where an environment's auth URL may be; the last one is a loopback host, of which "no environment" is kept in memory too. */
export const HOSTS = ['auth.example.com', 'login.example.com', 'localhost'] as const;
export const SEALED_PASSWORD = 'sealed-hash';
/** Keys there are from the beginning; issued ones follow. */
export const FIRST_KEYS = ['k0', 'k1', 'k2'] as const;

export const identifierHashes = new IdentifierHashes(new DirectorySecrets({ emailPepper: Buffer.alloc(32, 5), sealSecret: Buffer.alloc(32, 6) }));
export const hashes = new TokenHashes(new KeysSecrets({ peppers: [{ id: 'p1', key: Buffer.alloc(32, 7) }] }));
export const digestOf = (keyId: string): string => `digest of ${keyId}`;
export const tokenTagOf = (keyId: string): string => hashes.newest(digestOf(keyId)).tokenTag;

const settings = { ...defaultSettings('https://auth.example.com'), reinstateKeysOnUnblock: true, invalidateOrgApiKeyUponUserRemoval: true };

const opened: DomainEvent = { type: 'registry.opened.v1', tags: [tags.registry], data: { leaseMs: LEASE_MS } };
const firstFacts: readonly (readonly DomainEvent[])[] = [
  [opened],
  [facts.environment(settings)],
  [facts.user('u0'), facts.password('u0')],
  [facts.user('u1'), facts.password('u1')],
  [facts.organization(ORG)],
  [facts.user('owner')],
  [facts.joined('owner', ORG, 'Owner')],
  [facts.joined('u1', ORG)],
  [facts.personalKey('k0', 'u0', { tokenTag: tokenTagOf('k0') })],
  [facts.personalKey('k1', 'u1', { tokenTag: tokenTagOf('k1') })],
  [facts.memberKey('k2', ORG, 'u1', { tokenTag: tokenTagOf('k2') })],
];

/** The log that every simulated world begins with: two users, one of them a member of an organization, a key each and one of the organization. */
export const firstCommits: readonly Commit[] = firstFacts.reduce<{ commits: Commit[]; hash: string }>(
  ({ commits, hash }, events, index) => {
    const content = { commandId: `first-${index}`, requestHash: null, at: 0, actor: 'system', events };
    const { commit, decoded } = prepareCommit(index + 1, hash, content);
    return { commits: [...commits, commit], hash: decoded.hash };
  },
  { commits: [], hash: '0'.repeat(64) },
).commits;
