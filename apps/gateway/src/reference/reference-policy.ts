import { hash } from 'node:crypto';
import { SCRIPT } from './render/page-script.js';
import { STYLE } from './render/page-style.js';

const hashSource = (text: string): string => `'sha256-${hash('sha256', text, 'base64')}'`;

/** The page carries all that it needs. Nothing else may be loaded or run, not even from this server. */
export const REFERENCE_POLICY = [
  "default-src 'none'",
  `script-src ${hashSource(SCRIPT)}`,
  `style-src ${hashSource(STYLE)}`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
