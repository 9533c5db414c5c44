// A React application: its provider, and the hook that hands out the client of the frontend API.
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { AuthProvider } from '@propelauth/react';
import { useAuthFrontendApis } from '@propelauth/frontend-apis-react';

/** Calls, and handles the answer with whatever way the client looks for: an error code that it does not know makes it throw. */
const handled = async (call) => {
  const taken = [];
  const anyWay = new Proxy({}, { get: (_, way) => (given) => taken.push({ way, given: given ?? null }) });
  await (await call).handle(anyWay);
  return taken;
};

const Page = () => {
  const apis = useAuthFrontendApis();
  globalThis.page = { call: (name, ...args) => handled(apis[name](...args)) };
  return createElement('p', { id: 'ready' }, 'Ready.');
};

const authUrl = document.documentElement.dataset.authUrl;
createRoot(document.getElementById('root')).render(createElement(AuthProvider, { authUrl }, createElement(Page)));
