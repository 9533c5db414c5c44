import { Buffer } from 'node:buffer';

export const MAX_JSON_BYTES = 16_384;
export const MAX_JSON_LEVELS = 32;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

// Walked before it is measured: JSON.stringify recurses, and on deep nesting would fail with a stack overflow.
const problemWithin = (value: unknown, levelsLeft: number): string | null => {
  // Larger whole numbers are rounded: an id from another system would come back changed.
  if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER)
    return `must not contain numbers beyond ${Number.MAX_SAFE_INTEGER}; send them as text`;
  if (typeof value !== 'object' || value === null) return null;
  if (levelsLeft === 0) return `must not be nested deeper than ${MAX_JSON_LEVELS} levels`;
  // As a key it is harmless here, but not in every language that reads our responses.
  if (Object.hasOwn(value, '__proto__')) return 'must not contain a key named "__proto__"';
  for (const item of Object.values(value)) {
    const problem = problemWithin(item, levelsLeft - 1);
    if (problem !== null) return problem;
  }
  return null;
};

/** What is wrong with metadata or properties. Null if nothing is. */
export const jsonObjectProblem = (value: unknown): string | null => {
  if (!isObject(value)) return 'must be a JSON object';
  const problem = problemWithin(value, MAX_JSON_LEVELS);
  if (problem !== null) return problem;
  return Buffer.byteLength(JSON.stringify(value)) > MAX_JSON_BYTES ? 'must be at most 16 KiB of JSON; store less' : null;
};
