import { type ChildProcess, spawn } from 'node:child_process';

// Its input ends with this process, however that ends; then it kills what is still noted. Nothing else notices a SIGKILL of the parent.
const GUARD = `
pids=" "
while read -r sign pid; do
  if [ "$sign" = + ]; then pids="$pids$pid "; else pids="\${pids%% $pid *} \${pids#* $pid }"; fi
done
[ -n "\${pids# }" ] && kill -9 $pids 2>/dev/null
exit 0
`;

let guard: ChildProcess | null = null;

const tell = (line: string): void => {
  if (guard === null) {
    guard = spawn('sh', ['-c', GUARD], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    // This process does not end because its guard is gone.
    guard.once('error', () => undefined);
    guard.stdin?.on('error', () => undefined);
    guard.unref();
    const input = guard.stdin;
    if (input !== null && 'unref' in input && typeof input.unref === 'function') input.unref();
  }
  guard.stdin?.write(`${line}\n`);
};

const children = new Set<ChildProcess>();

// For a process that ends in an ordinary way, and for a test runner, which drops its worker by closing the channel.
const reapAtTheEnd = (): void => {
  for (const end of ['exit', 'disconnect'] as const)
    process.once(end, () => {
      for (const child of children) child.kill('SIGKILL');
    });
};

/** Sees to it that a child does not outlive this process, not even when this process is killed. */
export const reapWithParent = (child: ChildProcess): void => {
  const { pid } = child;
  if (pid === undefined) return;
  if (guard === null) reapAtTheEnd();
  tell(`+ ${String(pid)}`);
  children.add(child);
  child.once('exit', () => {
    tell(`- ${String(pid)}`);
    children.delete(child);
  });
};
