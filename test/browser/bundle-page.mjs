// A page's program as one file for a browser, with the clients as they are published.
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const PAGES = join(import.meta.dirname, 'pages');

/** Resolves to the text of the bundle. */
export const bundlePage = async (name) => {
  const bundle = await rolldown({
    input: join(PAGES, `${name}.mjs`),
    platform: 'browser',
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
    logLevel: 'silent',
  });
  try {
    const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
    return output[0].code;
  } finally {
    await bundle.close();
  }
};
