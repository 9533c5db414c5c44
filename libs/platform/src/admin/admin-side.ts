import type { ChosenPort } from '../settings/settings-reader.js';
import type { AdminSettings } from '../settings/process-settings.js';
import { productVersion } from '../version.js';
import { AdminServer } from './admin-server.js';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';

/** For the person at the terminal. */
export interface Terminal {
  /** On stdout. */
  readonly say: (text: string) => void;
  /** On stderr. */
  readonly warn: (text: string) => void;
}

/** The state of this process, on a separate address, from its first moment to its last. */
export interface AdminSide {
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  /** Null if it is disabled. */
  readonly origin: string | null;
  /** The start is over. */
  serving(): void;
  close(): Promise<void>;
}

/** Answers at once: a start that is slow or hangs appears as alive and not ready. */
export const openAdminSide = async ({ adminHost, adminPort }: AdminSettings, terminal: Terminal): Promise<AdminSide> => {
  const metrics = new Metrics();
  const readiness = new Readiness();
  const server = new AdminServer(metrics, readiness);
  let open = false;
  metrics.addProcess(productVersion());
  readiness.add('listening', () => (open ? null : 'The server is starting.'));
  const origin = adminPort === 'off' ? null : await openAt(server, adminHost, adminPort, terminal);
  return {
    metrics,
    readiness,
    origin,
    serving: () => {
      open = true;
    },
    close: () => server.close(),
  };
};

const openAt = async (server: AdminServer, host: string, chosen: ChosenPort, { say, warn }: Terminal): Promise<string> => {
  const gotIt = await server.listen(host, chosen);
  if (!gotIt) warn(`Port ${chosen.port} is in use, so metrics and health are on a free port; set ADMIN_PORT to choose one.\n`);
  say(`Metrics and health: ${server.origin}\n`);
  return server.origin;
};
