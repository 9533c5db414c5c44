// Where a form of scripts/word-forms.mjs is right, and why.

/** @typedef {{ readonly path: RegExp, readonly phrase: RegExp, readonly why: string }} WordException */

/** @type {readonly WordException[]} */
export const WORD_EXCEPTIONS = [
  { path: /^docs\/style\.md$/, phrase: /./, why: 'its table quotes the forms' },
  { path: /^(?:scripts\/word-(?:forms|exceptions)\.mjs|test\/workshop\/words\.spec\.ts)$/, phrase: /./, why: 'they quote the forms' },
];
