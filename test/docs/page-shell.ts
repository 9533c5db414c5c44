import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { StandaloneServer } from '@test/support/servers/standalone-process.js';
import { CapturedOutput } from '@tools/stack';
import { ROOT } from '@test/support/project/code-blocks.js';

const CLI = join(ROOT, 'dist/cli/main.js');
const SHOWN_ORIGIN = 'http://127.0.0.1:8080';
const SHOWN_ADMIN_ORIGIN = 'http://127.0.0.1:9464';

// What the pages use of curl, for machines without it. Anything else ends it, so that no page shows what was not run.
const CURL = `#!${process.execPath}
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const args = process.argv.slice(2);
const headers = { 'content-type': 'application/x-www-form-urlencoded' };
let method, body, url, jar;
while (args.length > 0) {
  const arg = args.shift();
  if (arg === '-s') continue;
  else if (arg === '-X') method = args.shift();
  else if (arg === '-d') body = args.shift();
  else if (arg === '-b' || arg === '-c') jar = args.shift();
  else if (arg === '-H') { const [name, ...value] = args.shift().split(':'); headers[name.toLowerCase()] = value.join(':').trim(); }
  else if (arg.startsWith('http')) url = arg;
  else { console.error('curl: what is ' + arg + '?'); process.exit(2); }
}
const cookies = new Map(jar !== undefined && existsSync(jar) ? JSON.parse(readFileSync(jar, 'utf8')) : []);
if (cookies.size > 0) headers.cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
fetch(url, { method: method ?? (body === undefined ? 'GET' : 'POST'), headers, body }).then(async (answer) => {
  for (const line of answer.headers.getSetCookie()) cookies.set(...line.split(';')[0].split('='));
  if (jar !== undefined) writeFileSync(jar, JSON.stringify([...cookies]));
  process.stdout.write(await answer.text());
});
`;

// `npm run keyfence -- …` is the built command line on the server's folder; no other script is run from here.
const NPM = `#!/bin/sh
[ "$1" = run ] || exit 97
shift
[ "$1" = --silent ] && shift
[ "$1" = keyfence ] && [ "$2" = -- ] || exit 97
shift 2
exec "${process.execPath}" "${CLI}" "$@"
`;

export interface BlockOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** The terminal and the folder of a reader who follows one page from top to bottom. */
export class PageShell {
  readonly #folder = mkdtempSync(join(tmpdir(), 'keyfence-page-'));
  readonly #server: StandaloneServer;
  readonly #variables: Readonly<Record<string, string>>;

  constructor(server: StandaloneServer, variables: Readonly<Record<string, string>>) {
    this.#server = server;
    this.#variables = variables;
    const bin = join(this.#folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'curl'), CURL, { mode: 0o755 });
    writeFileSync(join(bin, 'npm'), NPM, { mode: 0o755 });
    symlinkSync(process.execPath, join(bin, 'node'));
    symlinkSync(join(ROOT, 'node_modules'), join(this.#folder, 'node_modules'), 'dir');
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.#folder, name), text);
  }

  /** Runs the blocks one after another in one shell, as they would be pasted; what each printed, or an error for a failing line. */
  async run(blocks: readonly string[]): Promise<readonly BlockOutput[]> {
    const marker = `--- ${crypto.randomUUID()} ---`;
    const script = blocks.flatMap((block) => [this.#here(block), `printf '\\n%s\\n' '${marker}'`, `printf '\\n%s\\n' '${marker}' >&2`]);
    const shell = spawn('sh', ['-e', '-u', '-c', script.join('\n')], { cwd: this.#folder, env: this.#environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    const [stdout, stderr] = [new CapturedOutput(shell.stdout), new CapturedOutput(shell.stderr)];
    await once(shell, 'close');
    const [out, err] = [stdout, stderr].map(({ text }) => text.split(`\n${marker}\n`));
    if (shell.exitCode !== 0)
      throw new Error(`Block ${out?.length ?? 0} ended with ${String(shell.exitCode)}:\n${blocks[(out?.length ?? 1) - 1]}\n${out?.at(-1)}${err?.at(-1)}`);
    return blocks.map((_, index) => ({ stdout: out?.[index] ?? '', stderr: err?.[index] ?? '' }));
  }

  #here(block: string): string {
    return block.replaceAll(SHOWN_ORIGIN, this.#server.origin).replaceAll(SHOWN_ADMIN_ORIGIN, this.#server.adminOrigin);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #environment(): NodeJS.ProcessEnv {
    return {
      PATH: [join(this.#folder, 'bin'), process.env['PATH'] ?? dirname(process.execPath)].join(delimiter),
      DATA_DIR: this.#server.dataDir,
      BACKEND_KEY: this.#server.backendKey,
      KEYFENCE_ORIGIN: this.#server.origin,
      ...this.#variables,
    };
  }
}
