import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { CapturedOutput } from './captured-output.js';
import { reapWithParent } from './child-reaper.js';

const SHOWN_CHARACTERS = 2_000;

/** What to run: the environment is exactly `env`, nothing is inherited. */
export interface ProcessPlan {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** One child process from its start to its end. */
export class SupervisedProcess {
  readonly name: string;
  readonly stdout: CapturedOutput;
  readonly stderr: CapturedOutput;
  /** Resolves when the process has ended and its output is complete; never rejects. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  #failure = '';
  #isOver = false;

  constructor(plan: ProcessPlan) {
    this.name = plan.name;
    // Its own process group: Ctrl-C at a terminal must reach the parent alone, which stops its children in order.
    const child = spawn(plan.command, plan.args, { cwd: plan.cwd, env: plan.env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.#child = child;
    this.stdout = new CapturedOutput(child.stdout);
    this.stderr = new CapturedOutput(child.stderr);
    child.once('error', (error) => {
      this.#failure = error.message;
    });
    this.ended = once(child, 'close')
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => {
        this.#isOver = true;
      });
    reapWithParent(child);
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }
  get isOver(): boolean {
    return this.#isOver;
  }
  /** The code of a process that ended by itself; null while it runs and after a signal. */
  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  /** How it ended and the last it said, for an error message. */
  get lastWords(): string {
    const how = this.#failure || `code ${String(this.#child.exitCode)}, signal ${String(this.#child.signalCode)}`;
    return `${this.name} (${how}):\n${(this.stderr.text + this.stdout.text).slice(-SHOWN_CHARACTERS)}`;
  }

  /** Asks it to end and waits; a process still there after `graceMs` is killed. */
  async stop(graceMs: number): Promise<void> {
    if (this.#isOver) return;
    this.#child.kill('SIGTERM');
    // One that was paused hears nothing before it runs again.
    this.#child.kill('SIGCONT');
    const deadline = setTimeout(() => this.#child.kill('SIGKILL'), graceMs);
    await this.ended;
    clearTimeout(deadline);
  }

  async kill(): Promise<void> {
    if (!this.#isOver) this.#child.kill('SIGKILL');
    await this.ended;
  }

  pause(): void {
    this.#child.kill('SIGSTOP');
  }
  resume(): void {
    this.#child.kill('SIGCONT');
  }
}

/**
 * Waits until `attempt` gives an answer. Throws with the process's last words when it ends before, or has given none after `deadlineMs`;
 * a failed attempt is repeated.
 */
export const answerOf = async <T>(child: SupervisedProcess, deadlineMs: number, attempt: () => Promise<T>): Promise<T> => {
  const giveUpAt = performance.now() + deadlineMs;
  for (;;) {
    if (child.isOver) throw new Error(`Ended before it answered: ${child.lastWords}`);
    const found = await Promise.race([
      attempt().then(
        (answer) => ({ answer }),
        () => null,
      ),
      child.ended.then(() => null),
    ]);
    // Another process on the same port may have answered in its place.
    if (found !== null && !child.isOver) return found.answer;
    if (performance.now() >= giveUpAt) {
      await child.kill();
      throw new Error(`No answer within ${String(deadlineMs)} ms: ${child.lastWords}`);
    }
    await Promise.race([
      child.ended,
      new Promise((resolve) => {
        setTimeout(resolve, 20);
      }),
    ]);
  }
};
