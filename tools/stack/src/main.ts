import { resolve } from 'node:path';
import { readStackArguments, USAGE } from './stack-arguments.js';
import { greeting } from './stack-greeting.js';
import { type Stack, startStack } from './stack/stack.js';

process.umask(0o077);

const print = (text: string): void => void process.stdout.write(text);
const giveUp = (error: unknown): never => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
};

/** A process that ends by itself is started again, as any supervisor would do; a service ends on purpose when its memory can no longer be trusted. */
const watch = (stack: Stack, ending: AbortSignal): void => {
  for (const replica of stack.replicas) {
    const follow = async (): Promise<void> => {
      for (;;) {
        await replica.ended;
        if (ending.aborted) return;
        print(`Ended by itself, started again: ${replica.lastWords}\n`);
        await new Promise((again) => {
          setTimeout(again, 1_000);
        });
        if (ending.aborted) return;
        replica.launch();
      }
    };
    void follow();
  }
};

const { help, dataDir, edgePort, replicas } = readStackArguments(process.argv.slice(2), giveUp);
if (help) {
  print(USAGE);
  process.exit(0);
}
const ending = new AbortController();
const ended = new Promise<void>((resolveEnd) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // The second one ends this process as it is; what it started ends with it.
      if (ending.signal.aborted) process.exit(1);
      ending.abort();
      resolveEnd();
    });
  }
});
try {
  print('Starting the servers and services …\n');
  // Each service reads of these what is meant for it.
  const env = Object.fromEntries(
    ['LOG_LEVEL', 'FENCE_LEASE_MS', 'CACHE_KEYS', 'PLATFORM_LIMIT_PER_MINUTE'].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  const stack = await startStack({ dataDir: resolve(dataDir), edgePort, replicas, env });
  watch(stack, ending.signal);
  if (!ending.signal.aborted) print(greeting(stack, await stack.init()));
  await ended;
  print('Stopping …\n');
  await stack.stop();
  process.exit(0);
} catch (error) {
  giveUp(error);
}
