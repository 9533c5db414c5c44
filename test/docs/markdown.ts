/** The lines of a page that code writes begin with this, so that no one fixes the copy instead of the code. */
export const generatedNote = (source: string): string => `<!-- Written by \`npm run docs:generate\` from ${source}. Change the code, not this page. -->`;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

export const code = (text: string): string => `\`${text}\``;
export const codes = (texts: readonly string[]): string => texts.map(code).join(', ');
export const json = (value: unknown, info = ''): string => `\`\`\`json${info}\n${JSON.stringify(value, null, 2)}\n\`\`\``;
export const page = (...parts: readonly string[]): string => `${parts.join('\n\n')}\n`;
