import { inject } from 'vitest';
import { EnvironmentServer } from './environment-server.js';
import { StackServer } from './stack-server.js';
import { StandaloneServer } from './standalone-process.js';
import type { TestedOptions, TestedServer } from './tested-server.js';

export interface TestedMode {
  readonly name: string;
  /** Resolves when requests are answered. */
  readonly start: (options?: TestedOptions) => Promise<TestedServer>;
}

const oneProcess: TestedMode = { name: 'one process', start: (options) => StandaloneServer.started(options) };
const fourServices: TestedMode = { name: 'four services', start: (options) => StackServer.started(options) };
/** An environment of the stack that serves many suites, where there is one and the suite sets nothing in a process. */
const sharedServices: TestedMode = {
  name: 'four services',
  start: (options) => {
    const shared = inject('sharedStack');
    return shared === null || options !== undefined ? StackServer.started(options) : EnvironmentServer.made(shared);
  },
};

/** `MODES`: `one` needs no servers; `all` is for the long form. */
type Choice = 'one' | 'where it matters' | 'all';

const chosen = (): Choice => {
  const modes = process.env['MODES'];
  if (modes === undefined) return 'where it matters';
  if (modes === 'one' || modes === 'all') return modes;
  throw new Error(`MODES is "one" or "all", not "${modes}".`);
};

const inOneProcess = <Mode>(modes: readonly Mode[]): readonly Mode[] => modes.slice(0, 1);

/** Of ways to run the product, one process first: those that this run is for. A case must hold in each, word for word. */
export const modesOfRun = <Mode>(modes: readonly Mode[]): readonly Mode[] => (chosen() === 'one' ? inOneProcess(modes) : modes);

/** For cases in which the mode can matter: `describe.each(testedModes)`. */
export const testedModes: readonly TestedMode[] = modesOfRun([oneProcess, sharedServices]);

/** The same for suites that stop processes, read what they print, or use up what is counted for an address over all environments. */
export const ownModes: readonly TestedMode[] = modesOfRun([oneProcess, fourServices]);

/** For cases about what the gateway decides and writes by itself: they run in one process, and in four services in the long form only. */
export const gatewayModes: readonly TestedMode[] = chosen() === 'all' ? ownModes : inOneProcess(ownModes);
