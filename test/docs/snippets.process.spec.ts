import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BACKEND_ENDPOINTS } from '@app/http-api';
import { BackendApi } from '@test/support/clients/backend-api.js';
import { StandaloneServer } from '@test/support/servers/standalone-process.js';
import { blocksOf, type CodeBlock, pages, ROOT } from '@test/support/project/code-blocks.js';
import { FOREIGN_SNIPPETS, hostsIn, isBalanced, KNOWN_HOSTS, variablesIn } from './foreign-snippets.js';
import { isKnownLine } from './known-lines.js';
import { type BlockOutput, PageShell } from './page-shell.js';
import { differenceFrom, endsWithShown } from './shown-output.js';

/** Every kind of block that there may be; what each is checked for stands below. */
const KINDS = new Set([
  'sh',
  'sh stopped',
  'js file',
  'text output',
  'json output',
  'text stderr',
  'text files',
  'text folders',
  'json setting',
  'json answer',
  'json message',
  'python file',
  'go file',
  'rust file',
]);
const kindOf = ({ language, role }: CodeBlock): string => (role === '' ? language : `${language} ${role}`);
const whereIs = ({ page, line }: CodeBlock): string => `${page}:${line}`;

/** What a page speaks of as being there already. */
const BEFORE_PAGE: Readonly<Record<string, (api: BackendApi) => Promise<Readonly<Record<string, string>>>>> = {
  'docs/operating.md': async (api) => {
    const userId = await api.createUser({ email: 'ada@example.test' });
    return { USER_ID: userId, KEY_ID: (await api.issueKey()).id };
  },
};

const needsServer = (block: CodeBlock): boolean => /^(?:sh|sh stopped|json setting|text files)$/.test(kindOf(block));

const commandsOf = ({ text }: CodeBlock): string =>
  text
    .split('\n')
    .filter((line) => !isKnownLine(line))
    .join('\n');

interface Followed {
  readonly outputs: ReadonlyMap<CodeBlock, BlockOutput>;
  readonly files: readonly string[];
}

const runPage = async (blocks: readonly CodeBlock[], server: StandaloneServer, shell: PageShell): Promise<Followed> => {
  const outputs = new Map<CodeBlock, BlockOutput>();
  const run = async (kind: string): Promise<void> => {
    const those = blocks.filter((block) => kindOf(block) === kind && commandsOf(block) !== '');
    const printed = await shell.run(those.map(commandsOf));
    those.forEach((block, index) => outputs.set(block, printed[index] ?? { stdout: '', stderr: '' }));
  };
  for (const block of blocks) if (kindOf(block) === 'js file') shell.write(block.value, block.text);
  await run('sh');
  const files = blocks
    .filter((block) => kindOf(block) === 'text files')
    .flatMap(({ text }) => text.trim().split('\n'))
    .filter((name) => existsSync(join(server.dataDir, name)));
  for (const block of blocks) if (kindOf(block) === 'json setting') await checkSetting(block, server);
  await server.end('SIGTERM');
  await run('sh stopped');
  return { outputs, files };
};

const checkSetting = async ({ value, text }: CodeBlock, server: StandaloneServer): Promise<void> => {
  const after = await server.cliJson('environments', 'settings', '--set', `${value}=${text.trim()}`);
  expect(after).toMatchObject({ [value]: JSON.parse(text) as unknown });
};

/** What the block before it printed. */
const outputBefore = (block: CodeBlock, blocks: readonly CodeBlock[], { outputs }: Followed): BlockOutput => {
  const before = blocks.slice(0, blocks.indexOf(block)).findLast((one) => outputs.has(one));
  const output = before && outputs.get(before);
  if (output === undefined) throw new Error(`${whereIs(block)} shows the output of nothing.`);
  return output;
};

const checkShown = (block: CodeBlock, blocks: readonly CodeBlock[], followed: Followed): void => {
  switch (kindOf(block)) {
    case 'text output': {
      const { stdout } = outputBefore(block, blocks, followed);
      expect(endsWithShown(block.text, stdout), `${whereIs(block)} shows\n${block.text}but this was printed:\n${stdout}`).toBe(true);
      break;
    }
    case 'json output':
      expect([whereIs(block), differenceFrom(JSON.parse(block.text), JSON.parse(outputBefore(block, blocks, followed).stdout))]).toEqual([
        whereIs(block),
        null,
      ]);
      break;
    case 'text stderr': {
      const printed = [...followed.outputs.values()].flatMap(({ stderr }) => stderr.split('\n'));
      expect([whereIs(block), printed.some((line) => endsWithShown(block.text, line))]).toEqual([whereIs(block), true]);
      break;
    }
    case 'text files':
      expect(followed.files).toEqual(block.text.trim().split('\n'));
      break;
    case 'text folders':
      for (const folder of block.text.trim().split('\n')) expect([folder, existsSync(join(ROOT, folder))]).toEqual([folder, true]);
      break;
    case 'json answer':
      // Made by code, and compared with it and with a server's answers in the suites of the generated pages.
      expect(BACKEND_ENDPOINTS.map(({ id }) => id as string)).toContain(block.value);
      break;
    default:
  }
};

const checkForeign = ({ language, value, text }: CodeBlock): void => {
  const facts = FOREIGN_SNIPPETS[value];
  expect(facts?.language).toBe(language);
  expect(facts?.names.filter((name) => !text.includes(name))).toEqual([]);
  expect(hostsIn(text).filter((host) => !(KNOWN_HOSTS as readonly string[]).includes(host))).toEqual([]);
  expect(variablesIn(text)).toEqual(facts?.variables);
  expect(isBalanced(text)).toBe(true);
};

const foreign = ['python', 'go', 'rust'];
const all = pages().map((page) => [page, blocksOf(page)] as const);

describe('code in the pages', () => {
  it('is of a kind that is checked', () => {
    expect(
      all
        .flatMap(([, blocks]) => blocks)
        .filter((block) => !KINDS.has(kindOf(block)))
        .map((block) => `${whereIs(block)} ${kindOf(block)}`),
    ).toEqual([]);
    expect(all.flatMap(([, blocks]) => blocks).length).toBeGreaterThan(50);
  });

  it.each(all.filter(([, blocks]) => !blocks.some(needsServer)))('%s shows what is there', (_page, blocks) => {
    for (const block of blocks) checkShown(block, blocks, { outputs: new Map(), files: [] });
  });

  it.each(all.filter(([, blocks]) => blocks.some(needsServer)))(
    '%s can be followed from top to bottom',
    async (page, blocks) => {
      const server = await StandaloneServer.started();
      const variables = (await BEFORE_PAGE[page]?.(BackendApi.of(server))) ?? {};
      const shell = new PageShell(server, variables);
      try {
        const followed = await runPage(blocks, server, shell);
        for (const block of blocks) checkShown(block, blocks, followed);
      } finally {
        shell.remove();
        await server.remove();
      }
    },
    180_000,
  );

  it.each(
    all
      .flatMap(([, blocks]) => blocks)
      .filter(({ language }) => foreign.includes(language))
      .map((block) => [whereIs(block), block] as const),
  )('%s names what its client has', (_where, block) => checkForeign(block));

  it('every known recipe in another language is in a page', () => {
    const shown = all
      .flatMap(([, blocks]) => blocks)
      .filter(({ language }) => foreign.includes(language))
      .map(({ value }) => value);
    expect(shown.toSorted()).toEqual(Object.keys(FOREIGN_SNIPPETS).toSorted());
  });
});
