import { Marked } from 'marked';

/** HTML that is safe to put into a page. Only `html` and `markdown` turn text into it, and they escape it. */
export class Markup {
  constructor(readonly source: string) {}
}

type Part = string | number | Markup | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeText = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

const sourceOf = (part: Part): string => {
  if (part instanceof Markup) return part.source;
  return typeof part === 'object' ? part.map(sourceOf).join('') : escapeText(String(part));
};

/** A template of HTML. Escapes every value that is not markup already. Attributes must be in double quotes. */
export const html = (literals: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  new Markup(literals.map((literal, index) => literal + sourceOf(parts[index] ?? '')).join(''));

export const NOTHING = html``;

/** HTML inside Markdown is shown as it is written: a description that names a tag must not become one. */
const marked = new Marked({ renderer: { html: ({ text }) => escapeText(text) } });

export const markdown = (text: string): Markup => new Markup(marked.parse(text, { async: false }));
export const inlineMarkdown = (text: string): Markup => new Markup(marked.parseInline(text, { async: false }));
