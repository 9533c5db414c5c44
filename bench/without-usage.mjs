// Loaded into a server before its own code (`node --import`): the same module, of which counting is taken out. Nothing is counted, so
// nothing is flushed either.
import { pathToFileURL } from 'node:url';

const { UsageCounter } = await import(pathToFileURL(process.env.BENCH_USAGE_COUNTER).href);
UsageCounter.prototype.count = () => {};
