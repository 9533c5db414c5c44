// Changes the text of single modules while they are loaded, to see a leak that is there found.
import { fileURLToPath } from 'node:url';

let patches = [];

export const initialize = (given) => {
  patches = given;
};

export const load = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  const fitting = url.startsWith('file:') ? patches.filter(({ file }) => fileURLToPath(url).endsWith(file)) : [];
  if (fitting.length === 0) return loaded;
  const source = fitting.reduce((text, { file, find, replace }) => {
    if (!text.includes(find)) throw new Error(`Nothing to patch in ${file}: ${find}`);
    return text.replace(find, () => replace);
  }, String(loaded.source));
  return { ...loaded, source };
};
