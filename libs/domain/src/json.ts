export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

const sameItems = (a: readonly unknown[], b: readonly unknown[]): boolean => a.length === b.length && a.every((item, index) => jsonEqual(item, b[index]));

const sameFields = (a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean => {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && jsonEqual(a[name], b[name]));
};

/** Equality of JSON values; the order of an object's fields does not count. */
export const jsonEqual = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && sameItems(a, b);
  return isObject(a) && isObject(b) && sameFields(a, b);
};

/** The entries of `changes` that name a field of `current` and differ from it. */
export const changedFields = <State extends object>(current: State, changes: Partial<State>): Partial<State> => {
  const changed: Partial<State> = {};
  for (const name in changes) {
    const value = changes[name];
    if (value === undefined || !Object.hasOwn(current, name)) continue;
    if (!jsonEqual(value, current[name])) changed[name] = value;
  }
  return changed;
};
