import { hash } from 'node:crypto';

const STYLE = 'body{margin:0;padding:0}';

/** Redoc reads its options from the element; nothing on the page is a script of its own. */
export const REFERENCE_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Keyfence API reference</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<redoc spec-url="/openapi.json" sort-required-props-first show-extensions="x-required-permission,x-field-permissions" json-sample-expand-level="3" sanitize></redoc>
<script src="/reference/redoc.standalone.js"></script>
</body>
</html>
`;

/** Of the style of its scrollbars, which Redoc 2.5.4 puts into the page as text. Another version has another; a browser names it where it refuses it. */
const SCROLLBARS = "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='";

const hashSource = (text: string): string => `'sha256-${hash('sha256', text, 'base64')}'`;

/**
 * Nothing from elsewhere, and no inline code. Redoc makes an empty style element and fills it by script, which needs the hash of an empty
 * text; its search runs in a worker that it makes of a blob.
 */
export const REFERENCE_POLICY = [
  "default-src 'none'", "script-src 'self'", "worker-src blob:", `style-src ${hashSource(STYLE)} ${hashSource('')} ${SCROLLBARS}`, "img-src 'self' data:", "connect-src 'self'",
  "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join('; ');
