import { StackServer } from './stack-server.js';
import { StandaloneServer } from './standalone-process.js';
import type { TestedOptions, TestedServer } from './tested-server.js';

export interface TestedMode {
  readonly name: string;
  /** Resolves when requests are answered. */
  readonly start: (options?: TestedOptions) => Promise<TestedServer>;
}

/** Every way to run the product. A case that holds in one must hold in each, word for word: `describe.each(testedModes)`. */
export const testedModes: readonly TestedMode[] = [
  { name: 'one process', start: (options) => StandaloneServer.started(options) },
  { name: 'four services', start: (options) => StackServer.started(options) },
];
