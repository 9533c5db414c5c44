import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '@test/support/project/source-files.js';

const COPIED = ['.githooks', '.oxlintrc.json', 'package.json', 'scripts/hooks.mjs', 'scripts/commit-message.mjs', 'scripts/staged.mjs'];
const HEADER = 'fix(gateway): a wrong path is 404';

/** Settings of the person who runs this, or of a hook that runs this, must not reach the clone of the test. */
const cleanEnvironment = (): NodeJS.ProcessEnv => {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const who = { NAME: 'Ada', EMAIL: 'ada@example.test' };
  return {
    ...Object.fromEntries(own),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    ...Object.fromEntries(
      Object.entries(who).flatMap(([name, value]) => [
        [`GIT_AUTHOR_${name}`, value],
        [`GIT_COMMITTER_${name}`, value],
      ]),
    ),
  };
};

describe('after npm run hooks', () => {
  let clone: string;

  const run = (command: string, ...args: readonly string[]): { readonly status: number | null; readonly printed: string } => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: clone, env: cleanEnvironment(), encoding: 'utf8' });
    return { status, printed: stdout + stderr };
  };
  const commit = (message: string): ReturnType<typeof run> => run('git', 'commit', '--allow-empty', '-m', message);
  const head = (): string => run('git', 'rev-parse', '--verify', '--quiet', 'HEAD').printed;
  const stage = (name: string, text: string): void => {
    writeFileSync(join(clone, name), text);
    run('git', 'add', name);
  };

  beforeAll(() => {
    clone = mkdtempSync(join(tmpdir(), 'keyfence-hooks-'));
    mkdirSync(join(clone, 'scripts'));
    for (const name of COPIED) cpSync(join(ROOT, name), join(clone, name), { recursive: true });
    run('git', 'init', '--quiet');
    expect(run(process.execPath, 'scripts/hooks.mjs').status).toBe(0);
  });
  afterAll(() => rmSync(clone, { recursive: true }));

  it.each([
    [HEADER],
    ['feat!: keys have owners'],
    ['docs: README names the ports'],
    [`${HEADER}\n\nIt was 500 before.`],
    ['fixup! anything'],
    ['Revert "anything"'],
  ])('Git takes the message %j', (message) => {
    expect(commit(message)).toMatchObject({ status: 0 });
  });

  it.each([
    ['Update stuff', 'Begin with a type'],
    ['fixed: a wrong path', 'Begin with a type'],
    ['fix a wrong path', 'Begin with a type'],
    ['fix(Gate way): a wrong path', 'Begin with a type'],
    [`fix: ${'long '.repeat(30)}`.trim(), 'the limit is 120'],
    [`${HEADER}.`, 'ends with a period'],
    [`${HEADER}\nIt was 500.`, 'Leave the second line empty'],
  ])('Git refuses the message %j and says why', (message, sentence) => {
    const before = head();
    const { status, printed } = commit(message);
    expect([status, printed]).toEqual([1, expect.stringContaining(sentence)]);
    expect(head()).toBe(before);
  });

  it('a comment of the editor is not part of the message', () => {
    writeFileSync(join(clone, 'message'), `# Please enter the commit message.\n${HEADER}\n# On branch main\n`);
    expect(run(process.execPath, 'scripts/commit-message.mjs', 'message').status).toBe(0);
  });

  it('a clone without packages says what to install before it takes a source', () => {
    stage('fine.ts', 'export const fine = 1;\n');
    const { status, printed } = commit(HEADER);
    expect([status, printed]).toEqual([1, expect.stringContaining('npm ci')]);
    run('git', 'rm', '--quiet', '--force', 'fine.ts');
  });

  describe('where the packages are installed', () => {
    beforeAll(() => symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules')));

    it('a staged file with a lint error is refused, and taken once it is fixed', () => {
      stage('greeting.ts', 'export const greeting: any = 1;\n');
      const { status, printed } = commit(HEADER);
      expect([status, printed]).toEqual([1, expect.stringContaining('no-explicit-any')]);
      expect(printed).toContain('Commit refused.');
      stage('greeting.ts', 'export const greeting = 1;\n');
      expect(commit(HEADER).status).toBe(0);
    });

    it('a lint error in a file that is not staged holds up no commit', () => {
      stage('fine.ts', 'export const fine = 1;\n');
      writeFileSync(join(clone, 'unfinished.ts'), 'export const unfinished: any = 1;\n');
      expect(commit(HEADER).status).toBe(0);
    });
  });
});
