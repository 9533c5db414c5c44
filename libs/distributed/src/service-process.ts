import {
  type AdminSide,
  answersArguments,
  createPino,
  endOnFaults,
  type Invocation,
  Lifecycle,
  openAdminSide,
  type PinoLogger,
  productVersion,
  readSettings,
  type SettingsRead,
} from '@app/platform';
import { SecretFiles } from '@app/secrets';
import type { ServiceName, ServiceSettings } from './service-settings.js';

/** What the process gives to the service that runs in it. */
export interface ServiceProcess {
  readonly service: ServiceName;
  readonly log: PinoLogger;
  readonly admin: AdminSide;
  /** The steps of the service, each with its stop. The order is that of the fence page, "Shutdown", read backwards. */
  readonly lifecycle: Lifecycle;
  /** Aborts when the process must stop: a start that waits for a server gives up. */
  readonly ending: AbortSignal;
  /** Memory contradicts the log, or the lease has changed: the process must exit. */
  readonly fatal: (error: Error) => void;
}

/** For the log and the person at the terminal: where a service listens, which lease. */
export type ServiceFacts = Readonly<Record<string, unknown>>;

const giveUp = (error: unknown): never => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
};

export interface ServiceProgram<Settings extends ServiceSettings> {
  readonly service: ServiceName;
  readonly read: SettingsRead<Settings>;
  readonly start: (settings: Settings, process: ServiceProcess) => Promise<ServiceFacts>;
}

/** A whole process: reads its settings once, starts the service, and stops it on a signal. Lists all wrong settings and exits. */
export const runService = async <Settings extends ServiceSettings>(
  { service, read, start }: ServiceProgram<Settings>,
  { args, env }: Invocation,
): Promise<void> => {
  if (answersArguments(args, { command: `npm run start:${service}`, readSettings: read })) return;
  try {
    const settings = readSettings(read, env);
    new SecretFiles(settings.secretsDir).check(service);
    const log = createPino(settings.logLevel).child({ service });
    endOnFaults(log);
    const lifecycle = new Lifecycle(log);
    const terminal = { say: (text: string) => void process.stdout.write(text), warn: (text: string) => void process.stderr.write(text) };
    // The admin address answers until nothing is left to report.
    const admin = await lifecycle.start(
      'admin address',
      () => openAdminSide(settings, terminal),
      (side) => side.close(),
    );
    const ending = endingSignal(log);
    const fatal = (err: Error): never => {
      log.fatal({ context: 'process', err }, `${err.message} The process ends.`);
      process.exit(1);
    };
    const starting = () => start(settings, { service, log, admin, lifecycle, ending, fatal });
    const facts = await lifecycle.orStop(starting).catch(unlessTold(ending));
    if (facts !== null) await serve({ service, log, admin, lifecycle, ending }, facts);
    process.exit(0);
  } catch (error) {
    giveUp(error);
  }
};

/** A start that waits for a server gives up when the process is told to end, which is not a failure. */
const unlessTold =
  (ending: AbortSignal) =>
  (error: unknown): null => {
    if (ending.aborted) return null;
    throw error;
  };

/** A second signal ends the process at once: the handler is removed by then. */
const endingSignal = (log: PinoLogger): AbortSignal => {
  const ending = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log.info({ context: 'process', signal }, 'The service is stopping.');
      ending.abort();
    });
  }
  return ending.signal;
};

type Serving = Pick<ServiceProcess, 'service' | 'log' | 'admin' | 'lifecycle' | 'ending'>;

const serve = async ({ service, log, admin, lifecycle, ending }: Serving, facts: ServiceFacts): Promise<void> => {
  // Callers learn first that this process ends. A time to drain belongs right before this step.
  await lifecycle.start(
    'readiness',
    () => admin.serving(),
    () => admin.readiness.end(),
  );
  log.info({ context: 'process', version: productVersion(), node: process.version, ...facts }, 'The service has started.');
  process.stdout.write(
    `keyfence ${service} has started. ${Object.entries(facts)
      .map(([name, value]) => `${name}: ${String(value)}`)
      .join(', ')}\n`,
  );
  await aborted(ending);
  await lifecycle.stop();
  log.info({ context: 'process', upSeconds: Math.round(process.uptime()) }, 'The service has stopped.');
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
