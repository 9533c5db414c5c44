import { hostOfOrigin } from './environment/settings.js';
import type { DomainEvent, Placed } from './log-events.js';
import { tags } from './tags.js';

/** A unique thing (`email-`, `username-`, `slug-`, `environment-name-`, `auth-host-`, `token-`): the id of who holds it, for a token the holder's name (`key-…`, `backendkey-…`); null: free. */
export interface ClaimState {
  readonly holder: string | null;
}

interface ClaimChange {
  readonly holder: string;
  readonly claims: string | null;
  readonly releases: string | null;
}

export const freeClaim: ClaimState = { holder: null };

const hostTagOf = (authUrl: string): string => tags.authHost(hostOfOrigin(authUrl));

const claiming = (holder: string, claims: string | null): ClaimChange => ({ holder, claims, releases: null });

/** What the event says about unique things of the tag's kind; null: nothing. */
const claimChange = (tag: string, event: DomainEvent): ClaimChange | null => {
  const isUsername = tag.startsWith(tags.username(''));
  const isHost = tag.startsWith(tags.authHost(''));
  switch (event.type) {
    case 'environment.created.v1':
      return claiming(event.data.environmentId, isHost ? hostTagOf(event.data.settings.authUrl) : tags.environmentName(event.data.name));
    case 'environment.auth-url-changed.v1': {
      const { environmentId: holder, authUrl, previousAuthUrl } = event.data;
      return { holder, claims: hostTagOf(authUrl), releases: hostTagOf(previousAuthUrl) };
    }
    case 'organization.created.v1':
      return claiming(event.data.orgId, event.data.slugTag);
    case 'organization.deleted.v1':
      return { holder: event.data.orgId, claims: null, releases: event.data.slugTag };
    case 'api-key.issued.v1':
    case 'api-key.imported.v1':
      return claiming(tags.key(event.data.keyId), event.data.tokenTag);
    case 'backend-key.issued.v1':
      return claiming(tags.backendKey(event.data.backendKeyId), event.data.tokenTag);
    case 'user.created.v1':
      return claiming(event.data.userId, isUsername ? event.data.usernameTag : event.data.emailTag);
    case 'user.email-changed.v1':
      return { holder: event.data.userId, claims: event.data.emailTag, releases: event.data.previousEmailTag };
    case 'user.profile-changed.v1':
      return { holder: event.data.userId, claims: event.data.usernameTag, releases: event.data.previousUsernameTag };
    case 'user.deleted.v1':
      return { holder: event.data.userId, claims: null, releases: isUsername ? event.data.usernameTag : event.data.emailTag };
    default:
      return null;
  }
};

/** The fold of a unique thing's tag. No event releases a `token-`: a token once known is refused for ever. */
export const evolveClaim = (tag: string, state: ClaimState, event: DomainEvent, _placed: Placed): ClaimState => {
  const change = claimChange(tag, event);
  if (change === null) return state;
  // A change of spelling claims and releases the same tag; the claim must win.
  if (change.claims === tag) return state.holder === null ? { holder: change.holder } : state;
  return change.releases === tag && state.holder === change.holder ? freeClaim : state;
};
