// What people read in a file of this repository: comments, sentences in strings, and the text of documents.
import ts from 'typescript';

/** @typedef {{ readonly line: number, readonly kind: 'comment' | 'string' | 'text', readonly text: string }} Prose */

const SCRIPT = /\.(?:ts|tsx|mts|mjs)$/;
const HASH_COMMENTS = /\.(?:ya?ml|sh|conf)$|(?:^|\/)(?:Dockerfile|run|\.env\.example|\.gitignore|commit-msg|pre-commit)$/;
/** Stands for what is not prose within prose: an inline code, a value in a template. */
const VALUE = '…';

export const hasProse = (path) => SCRIPT.test(path) || path.endsWith('.md') || HASH_COMMENTS.test(path);

const lineOf = (source, position) => source.getLineAndCharacterOfPosition(position).line + 1;

/** Without the marks of a comment. */
const commentText = (raw) =>
  raw
    .replace(/^\/\*+|\*+\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*(?:\/\/+|\*)?\s?/, '').trim())
    .join(' ')
    .replace(/`[^`]*`/g, VALUE)
    .trim();

/** Line comments that follow each other are one text: a sentence often runs over several. */
const comments = (source) => {
  const found = [];
  const seen = new Set();
  const visit = (node) => {
    const ranges = [
      ...(ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(source.text, node.getEnd()) ?? []),
    ];
    for (const range of ranges) {
      if (seen.has(range.pos)) continue;
      seen.add(range.pos);
      found.push({ from: range.pos, to: range.end });
    }
    node.getChildren(source).forEach(visit);
  };
  visit(source);
  found.sort((one, other) => one.from - other.from);
  /** @type {{ from: number, to: number }[]} */
  const joined = [];
  for (const range of found) {
    const last = joined.at(-1);
    const between = last === undefined ? null : source.text.slice(last.to, range.from);
    if (
      last !== undefined &&
      between !== null &&
      /^\n[ \t]*$/.test(between) &&
      source.text.startsWith('//', last.from) &&
      source.text.startsWith('//', range.from)
    )
      last.to = range.to;
    else joined.push({ ...range });
  }
  return joined.map(({ from, to }) => ({ line: lineOf(source, from), kind: /** @type {const} */ ('comment'), text: commentText(source.text.slice(from, to)) }));
};

/** A sentence or a part of one has a space between two words; a SQL statement is not one. */
const isSentence = (text) =>
  /[a-z…]\s+[a-z…]/i.test(text) && !/^\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|PRAGMA|WITH|BEGIN|FROM|WHERE)\b/.test(text);

const strings = (source) => {
  const found = [];
  const add = (node, text) => {
    if (isSentence(text)) found.push({ line: lineOf(source, node.getStart(source)), kind: /** @type {const} */ ('string'), text });
  };
  const visit = (node) => {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) add(node, node.text);
    else if (ts.isTemplateExpression(node)) {
      add(node, node.head.text + node.templateSpans.map((span) => VALUE + span.literal.text).join(''));
      node.templateSpans.forEach((span) => visit(span.expression));
      return;
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
};

const documentText = (text) => {
  const found = [];
  let fenced = false;
  text.split('\n').forEach((line, index) => {
    if (/^\s*(?:```|~~~)/.test(line)) fenced = !fenced;
    else if (!fenced && line.trim() !== '')
      found.push({ line: index + 1, kind: /** @type {const} */ ('text'), text: line.replace(/`[^`]*`/g, VALUE).replace(/\]\([^)]*\)/g, ']') });
  });
  return found;
};

const hashComments = (text) =>
  text
    .split('\n')
    .map((line, index) => ({ line: index + 1, kind: /** @type {const} */ ('comment'), text: /(?:^|\s)#(?!!)\s*(.*)$/.exec(line)?.[1] ?? '' }))
    .filter((prose) => prose.text !== '');

/**
 * @param {string} path decides how the text is read
 * @param {string} text
 * @returns {readonly Prose[]} in the order of the file, comments before strings
 */
export const proseOf = (path, text) => {
  if (SCRIPT.test(path)) {
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, path.endsWith('.tsx') ? ts.ScriptKind.TSX : ts.ScriptKind.TS);
    return [...comments(source), ...strings(source)];
  }
  return path.endsWith('.md') ? documentText(text) : hashComments(text);
};
