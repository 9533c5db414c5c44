// `npm run bench`: what Keyfence does beside the least that this machine needs for the same work. Names choose: `npm run bench -- usage`.
import { spawn } from 'node:child_process';
import { ensureBuilt, ensureInstalled, requireNode } from './prepare.mjs';

/** Programs that benches start as processes of their own, or load into a server. */
const PARTS = {
  load: 'bench/harness/load.ts',
  baseline: 'bench/baselines/baseline.ts',
  'refresh-load': 'bench/sessions/refresh-load.ts',
  'nats-load': 'bench/services/nats-load.ts',
  'lock-holder': 'bench/beside/lock-holder.ts',
  'fill-log': 'bench/fill-log/fill-log.ts',
  'count-inserts': 'bench/commands/count-inserts.ts',
  'heap-probe': 'bench/scale/heap-probe.ts',
};

requireNode();
await ensureInstalled('all');
const args = process.argv.slice(2);
if (!args.includes('--help')) await ensureBuilt();
const { bundleTool } = await import('./bundle-tool.mjs');
const file = await bundleTool('bench/main.ts', { name: 'bench', parts: PARTS });
const child = spawn(process.execPath, ['--enable-source-maps', file, ...args], { stdio: 'inherit' });
// A terminal's Ctrl-C reaches the bench too; it ends what it started, and its bundle is removed after it.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
child.once('exit', (code) => process.exit(code ?? 1));
