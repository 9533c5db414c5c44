import type { InitialState, Stack } from './stack/stack.js';

const line = (label: string, text: string): string => `  ${label.padEnd(14)}${text}\n`;

/** What the person at the terminal is told when everything runs. */
export const greeting = (stack: Stack, { environment, authUrl, backendKey }: InitialState): string =>
  [
    '\nKeyfence is running as services.\n\n',
    line('API', stack.edgeOrigin),
    line('auth URL', authUrl),
    line('environment', environment),
    ...(backendKey === null ? [] : [line('backend key', backendKey), line('', 'shown only once; it has full access')]),
    '\n',
    ...Object.values(stack.servers).map((server) => line(server.name, `${server.version} on ${server.host}:${String(server.port)}, pid ${String(server.pid)}`)),
    ...stack.replicas.map((replica) => line(replica.name, `${replica.adminOrigin}/readyz, /metrics, pid ${String(replica.pid)}`)),
    line('data', stack.dataDir),
    '\nCtrl-C stops everything.\n',
  ].join('');
