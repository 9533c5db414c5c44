import { type DtoClass, fieldsOf, readBody } from '@app/http-api';
import { Refusal } from '@app/domain';

export interface DocumentedField {
  readonly name: string;
  readonly required: boolean;
  /** What the code itself says about wrong values. */
  readonly rules: string;
  readonly fallback: string;
}

/** Values that break one rule or another of every kind of field there is. */
const PROBES: readonly unknown[] = [{ odd: Symbol('no JSON') }, -1, 1e15, 'x'.repeat(20_000), { big: 'x'.repeat(20_000) }, ['x'.repeat(20_000)], ''];

const complaints = (dtoClass: DtoClass, field: string, probe: unknown): readonly string[] => {
  try {
    readBody(dtoClass, { [field]: probe });
    return [];
  } catch (error) {
    if (error instanceof Refusal) return error.fields[field] ?? [];
    throw error;
  }
};

const fallbackOf = (value: unknown, required: boolean): string => {
  if (required) return '';
  return value === null ? 'not set' : JSON.stringify(value);
};

export const documentedFields = (dtoClass: DtoClass | null): readonly DocumentedField[] => {
  if (dtoClass === null) return [];
  const defaults: Readonly<Record<string, unknown>> = { ...new dtoClass() };
  return fieldsOf(dtoClass).map(({ name, required }) => {
    // What is missing is said by "required".
    const said = [...new Set(PROBES.flatMap((probe) => complaints(dtoClass, name, probe)))].filter((text) => text !== 'must not be empty');
    return { name, required, rules: said.join('; '), fallback: fallbackOf(defaults[name], required) };
  });
};
