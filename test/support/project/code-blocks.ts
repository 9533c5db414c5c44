import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../../..');

/** A fenced block of a page. After the language may stand what the test is to do with it; readers never see that. */
export interface CodeBlock {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly role: string;
  /** Of a role `name=value`. */
  readonly value: string;
  readonly text: string;
}

/** The pages at the root and every page of docs/, from the root. */
export const pages = (): readonly string[] => [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
    .toSorted(),
];

export const textOfPage = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

const FENCE = /^```(?<info>[^\n`]*)\n(?<text>[\s\S]*?)^```[ \t]*$/gm;

export const blocksOf = (page: string): readonly CodeBlock[] => {
  const text = textOfPage(page);
  const blocks = [...text.matchAll(FENCE)].map((match): CodeBlock => {
    const [language = '', info = ''] = (match.groups?.['info'] ?? '').trim().split(/\s+/, 2);
    const [role = '', value = ''] = info.split('=', 2);
    return { page, line: text.slice(0, match.index).split('\n').length, language, role, value, text: match.groups?.['text'] ?? '' };
  });
  // A fence that is not closed, or is indented, would hide what follows from the tests.
  const fences = text.match(/^\s*(?:```|~~~)/gm)?.length ?? 0;
  if (fences !== 2 * blocks.length) throw new Error(`${page} has a code block that is not closed, is indented, or is fenced with ~.`);
  return blocks;
};
