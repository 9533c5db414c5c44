import { type FieldErrors, Refusal } from '@app/domain';
import { validateSync } from 'class-validator';

/** A class whose instances have a default for every field; the name of a field is its name on the wire. */
export interface DtoClass<Dto extends object = object> {
  new (): Dto;
  /** Query fields in which an empty text counts as a value: an empty id matches nothing. */
  readonly keepEmpty?: readonly string[];
}
type Values = Readonly<Record<string, unknown>>;

const problemsOf = (dto: object): FieldErrors =>
  Object.fromEntries(validateSync(dto, { stopAtFirstError: true }).map((error) => [error.property, Object.values(error.constraints ?? {})]));

const read = <Dto extends object>(dtoClass: DtoClass<Dto>, valueOf: (field: string, fallback: unknown) => unknown): Dto => {
  const dto = new dtoClass();
  // Only fields of the class are looked up, so nothing unknown gets in, not even `__proto__`.
  const given = Object.entries(dto).map(([field, fallback]) => [field, valueOf(field, fallback)] as const);
  Object.assign(dto, Object.fromEntries(given.filter(([, value]) => value !== undefined && value !== null)));
  const fields = problemsOf(dto);
  if (Object.keys(fields).length > 0) throw new Refusal('INVALID_FIELDS', { fields });
  return dto;
};

const ownValue = (values: Values, field: string): unknown => (Object.hasOwn(values, field) ? values[field] : undefined);

/** From a JSON body: null is "not provided", unknown fields are ignored. Throws a refusal that names every wrong field. */
export const readBody = <Dto extends object>(dtoClass: DtoClass<Dto>, body: Values): Dto => read(dtoClass, (field) => ownValue(body, field));

const asNumber = (text: string): number | string => (/^-?\d{1,15}$/.test(text) ? Number(text) : text);
const asFlag = (text: string): boolean | string => (text === 'true' || text === 'false' ? text === 'true' : text);

/** From a query string: every value is text, and the default of its field gives its type. Empty is "not provided", except in `keepEmpty`. */
export const readQuery = <Dto extends object>(dtoClass: DtoClass<Dto>, query: Values): Dto =>
  read(dtoClass, (field, fallback) => {
    const text = ownValue(query, field);
    if (typeof text !== 'string' || (text === '' && dtoClass.keepEmpty?.includes(field) !== true)) return undefined;
    if (typeof fallback === 'number') return asNumber(text);
    return typeof fallback === 'boolean' ? asFlag(text) : text;
  });

export interface DtoField {
  readonly name: string;
  readonly required: boolean;
}
/** For the reference: a field is required if its default breaks its rule. */
export const fieldsOf = (dtoClass: DtoClass | null): readonly DtoField[] => {
  if (dtoClass === null) return [];
  const dto = new dtoClass();
  const problems = problemsOf(dto);
  return Object.keys(dto).map((name) => ({ name, required: Object.hasOwn(problems, name) }));
};
