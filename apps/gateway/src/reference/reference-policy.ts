import { hash } from 'node:crypto';
import { SCRIPT } from './render/page-script.js';
import { STYLE } from './render/page-style.js';

const hashSource = (text: string): string => `'sha256-${hash('sha256', text, 'base64')}'`;

/** The page contains all that it needs. The browser must load and run nothing else, not even from this server. */
export const REFERENCE_POLICY = [
  "default-src 'none'",
  `script-src ${hashSource(SCRIPT)}`,
  `style-src ${hashSource(STYLE)}`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
