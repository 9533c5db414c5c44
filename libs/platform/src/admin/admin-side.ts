import { productVersion } from '../version.js';
import { AdminServer } from './admin-server.js';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';

export interface AdminSettings {
  readonly adminHost: string;
  readonly adminPort: number | 'off';
}

/** How this process is, told on an address of its own from the first moment to the last. */
export interface AdminSide {
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  /** Null: switched off. */
  readonly origin: string | null;
  /** The start is over. */
  serving(): void;
  close(): Promise<void>;
}

/** Begins to answer at once: a start that takes long, or hangs, is seen as alive and not ready. */
export const openAdminSide = async ({ adminHost, adminPort }: AdminSettings, say: (text: string) => void): Promise<AdminSide> => {
  const metrics = new Metrics();
  const readiness = new Readiness();
  const server = new AdminServer(metrics, readiness);
  let open = false;
  metrics.addProcess(productVersion());
  readiness.add('listening', () => (open ? null : 'The server is starting.'));
  const origin = adminPort === 'off' ? null : await server.listen(adminHost, adminPort).then(() => server.origin);
  if (origin !== null) say(`Metrics and health: ${origin}\n`);
  return {
    metrics, readiness, origin,
    serving: () => {
      open = true;
    },
    close: () => server.close(),
  };
};
