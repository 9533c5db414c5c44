import { HttpConnection } from '@test/support/clients/http-connection.js';
import { validateRequest } from '@test/support/clients/connected-backend-api.js';
import { targetOf } from './load-targets.js';
import type { ObservedKey } from './observed-key.js';
import { pause, type Site } from './site.js';

/** Far more than a lease and a reconnection take: this finds what hangs, on a machine that may do other work too. */
export const RECOVERY_BOUND_MS = 45_000;

/** Everything is repaired: a key can be changed, and each node answers for it. Resolves with how long that took. */
export const recovered = async (site: Site): Promise<number> => {
  const { violations } = site.options;
  const beganAt = performance.now();
  await site.heal();
  const healedAt = performance.now();
  const late = setTimeout(
    () => violations.add('recovery', `Nothing can be changed ${RECOVERY_BOUND_MS / 1_000} s after everything was repaired.`),
    RECOVERY_BOUND_MS,
  );
  const key = await changedKey(site);
  clearTimeout(late);
  if (key !== null) await Promise.all(site.nodes.map((node) => answersFor(site, node, key, healedAt)));
  return performance.now() - beganAt;
};

/** Changed after the repair, in whatever world it takes. */
const changedKey = async (site: Site): Promise<ObservedKey | null> => {
  const world = await site.load.ownWorld('recovery');
  const key = world.keys.find(({ kind, isChangeable }) => kind === 'generic' && isChangeable) ?? null;
  if (key !== null) await world.touch(key);
  return key;
};

const answersFor = async (site: Site, node: Site['nodes'][number], key: ObservedKey, healedAt: number): Promise<void> => {
  const target = targetOf(node, site.backendKey);
  const connection = new HttpConnection(target.port);
  const request = validateRequest(target, key.token);
  while ((await site.load.ask(key, `recovery ${node.name}`, () => connection.exchange(request))) !== 200) {
    if (performance.now() - healedAt > RECOVERY_BOUND_MS) {
      site.options.violations.add('recovery', `${node.name} does not answer ${RECOVERY_BOUND_MS / 1_000} s after everything was repaired.`);
      break;
    }
    await pause(50);
  }
  connection.close();
};
