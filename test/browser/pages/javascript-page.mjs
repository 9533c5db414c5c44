// An application without a framework: who is logged in, tokens for one organization, and the logout.
import { createClient } from '@propelauth/javascript';

const client = createClient({ authUrl: document.documentElement.dataset.authUrl, enableBackgroundTokenRefresh: false, disableRefreshOnFocus: true });
const seen = [];
client.addLoggedInChangeObserver((isLoggedIn) => seen.push(isLoggedIn));

globalThis.page = {
  info: async (force = false) => {
    const info = await client.getAuthenticationInfoOrNull(force);
    return (
      info && {
        accessToken: info.accessToken,
        expiresAtSeconds: info.expiresAtSeconds,
        email: info.user.email,
        userId: info.user.userId,
        orgs: info.orgHelper.getOrgs().map(({ orgId, userAssignedRole, userPermissions }) => ({ orgId, userAssignedRole, userPermissions })),
      }
    );
  },
  orgToken: (orgId) => client.getAccessTokenForOrg(orgId),
  logOut: () => client.logout(false),
  loginChanges: () => seen,
};
document.getElementById('root').innerHTML = '<p id="ready">Ready.</p>';
