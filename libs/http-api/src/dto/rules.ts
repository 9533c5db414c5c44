import { isEmail, ValidateBy } from 'class-validator';
import { parseUuid, UUID_PATTERN } from './ids.js';
import { jsonObjectProblem } from './json-limits.js';
import { isDay, isoMomentToMs, MAX_SECONDS, momentToMs } from './moments.js';
import { type JsonSchema, noteSchema } from './rule-schemas.js';

/** What is wrong with a value, as the end of a sentence about it. Null if nothing is. */
type Check = (value: unknown) => string | null;

/** `schema` says the same as `check`, for the OpenAPI document. Its description has what a schema cannot say. */
const rule = (name: string, schema: JsonSchema, check: Check): PropertyDecorator => {
  const validated = ValidateBy({
    name,
    validator: {
      validate: (value) => check(value) === null,
      defaultMessage: (args) => check(args?.value) ?? '',
    },
  });
  return (prototype, field) => {
    noteSchema(prototype, field, schema);
    validated(prototype, field);
  };
};

/** Control characters and halves of surrogate pairs: they can be neither displayed nor typed. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;
const lengthOf = (text: string): number => Array.from(text).length;

const textProblem = (value: unknown, minLength: number, maxLength: number): string | null => {
  if (typeof value !== 'string') return 'must be text';
  if (UNPRINTABLE.test(value)) return 'must not contain control characters';
  if (lengthOf(value) > maxLength) return `must be at most ${maxLength} characters`;
  return value.trim().length < minLength ? 'must not be empty' : null;
};

// Spelled out: not every schema library knows `\p{Cc}`. No schema can name halves of surrogate pairs.
const PRINTABLE = String.raw`[^\u0000-\u001f\u007f-\u009f]*$`;
const textSchema = (maxLength: number): JsonSchema => ({ type: 'string', maxLength, pattern: `^${PRINTABLE}` });
const nameSchema = (maxLength: number): JsonSchema => ({ type: 'string', minLength: 1, maxLength, pattern: String.raw`^(?=[\s\S]*\S)${PRINTABLE}` });

/** For a field whose wrong values get their own response. */
export const IsAnything = (description: string): PropertyDecorator => rule('anything', { description }, () => null);

/** A text that may be empty. An empty one clears the field. */
export const IsText = (maxLength: number): PropertyDecorator => rule('text', textSchema(maxLength), (value) => textProblem(value, 0, maxLength));
export const IsName = (maxLength = 100): PropertyDecorator => rule('name', nameSchema(maxLength), (value) => textProblem(value, 1, maxLength));

/** For a field in which malformed text gets the same response as an unknown value. */
export const IsAnyText = (): PropertyDecorator => rule('anyText', { type: 'string' }, (value) => (typeof value === 'string' ? null : 'must be text'));

export const IsFlag = (): PropertyDecorator => rule('flag', { type: 'boolean' }, (value) => (typeof value === 'boolean' ? null : 'must be true or false'));

export const IsWholeNumber = (min: number, max: number): PropertyDecorator =>
  rule('wholeNumber', { type: 'integer', minimum: min, maximum: max }, (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? null : `must be a whole number from ${min} to ${max}`,
  );

/** The service decides whether the time is in the past, by the log's clock. */
export const IsExpiry = (): PropertyDecorator =>
  rule('expiry', { type: 'integer', minimum: 0, maximum: MAX_SECONDS, description: 'Unix seconds, in the future.' }, (value) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) return 'must be a time in whole Unix seconds';
    if (value > MAX_SECONDS) return `must be at most ${MAX_SECONDS} (the end of the year 9999); give Unix seconds, not milliseconds`;
    return value < 0 ? 'must be a time in the future' : null;
  });

export const IsJsonObject = (): PropertyDecorator =>
  rule('jsonObject', { type: 'object', description: 'At most 16 KiB of JSON and 32 levels, without a key named `__proto__`.' }, jsonObjectProblem);

export const IsOneOf = (choices: readonly string[]): PropertyDecorator =>
  rule('oneOf', { type: 'string', enum: choices }, (value) => (choices.some((choice) => choice === value) ? null : `must be one of ${choices.join(', ')}`));

const emailAddressProblem = (value: unknown): string | null => {
  // The library's check throws at half of a surrogate pair: it must not see one.
  const isAddress = typeof value === 'string' && value.length <= 254 && !UNPRINTABLE.test(value) && isEmail(value);
  return isAddress ? null : 'must be an email address of at most 254 characters';
};
export const IsEmailAddress = (): PropertyDecorator => rule('emailAddress', { type: 'string', format: 'email', maxLength: 254 }, emailAddressProblem);
/** From a form: whitespace around the address is ignored. The code that reads the field trims it. */
export const IsTypedEmailAddress = (): PropertyDecorator =>
  rule('typedEmailAddress', { type: 'string', format: 'email', description: 'At most 254 characters. Whitespace around the address is ignored.' }, (value) =>
    emailAddressProblem(typeof value === 'string' ? value.trim() : value),
  );

export const IsUuid = (): PropertyDecorator =>
  rule('uuid', { type: 'string', format: 'uuid', pattern: UUID_PATTERN }, (value) =>
    typeof value === 'string' && parseUuid(value) !== null ? null : 'must be a UUID',
  );

/** Characters are code points. Checked here before anything is sent or hashed; the directory enforces the same two numbers. */
export const PASSWORD_MIN_CHARACTERS = 8;
export const PASSWORD_MAX_CHARACTERS = 1_024;
export const IsPassword = (): PropertyDecorator =>
  rule('password', { type: 'string', format: 'password', minLength: PASSWORD_MIN_CHARACTERS, maxLength: PASSWORD_MAX_CHARACTERS }, (value) => {
    if (typeof value !== 'string') return 'must be text';
    const length = lengthOf(value);
    const fits = length >= PASSWORD_MIN_CHARACTERS && length <= PASSWORD_MAX_CHARACTERS;
    return fits ? null : `must be ${PASSWORD_MIN_CHARACTERS} to ${PASSWORD_MAX_CHARACTERS} characters`;
  });

const DOMAIN = /^(?=.{1,253}$)(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/;
const domainProblem = (value: unknown): string | null =>
  typeof value === 'string' && (value === '' || DOMAIN.test(value)) ? null : 'must be a domain name such as example.com';
export const IsDomainName = (): PropertyDecorator => rule('domainName', { type: 'string', pattern: `^$|${DOMAIN.source}` }, domainProblem);
export const IsDomainNames = (): PropertyDecorator =>
  rule('domainNames', { type: 'array', maxItems: 100, items: { type: 'string', pattern: DOMAIN.source } }, (value) =>
    Array.isArray(value) && value.length <= 100 && value.every((item) => item !== '' && domainProblem(item) === null)
      ? null
      : 'must be an array of at most 100 domain names such as example.com',
  );

/** `maxItems` for strings that are stored. The controllers limit lists that are only looked up. */
export const IsTexts = (maxLength: number, maxItems = Number.POSITIVE_INFINITY): PropertyDecorator =>
  rule('texts', { type: 'array', items: textSchema(maxLength), ...(Number.isFinite(maxItems) ? { maxItems } : {}) }, (value) =>
    Array.isArray(value) && value.length <= maxItems && value.every((item) => textProblem(item, 0, maxLength) === null)
      ? null
      : `must be an array of ${Number.isFinite(maxItems) ? `at most ${maxItems} ` : ''}strings of at most ${maxLength} characters each`,
  );

export const IsUtcDay = (): PropertyDecorator =>
  rule('utcDay', { type: 'string', format: 'date', description: 'A day in UTC.' }, (value) =>
    typeof value === 'string' && isDay(value) ? null : 'must be a valid date in the form YYYY-MM-DD (UTC)',
  );

export const IsIsoMoment = (): PropertyDecorator =>
  rule('isoMoment', { type: 'string', description: 'An ISO 8601 time up to the year 9999. A date without a time means the end of that day in UTC.' }, (value) =>
    typeof value === 'string' && isoMomentToMs(value) !== null
      ? null
      : 'must be an ISO 8601 time such as 2027-01-31T12:00:00.000Z, or a date, up to the year 9999',
  );

/** What a person types into a login. The response never says what is wrong with it. */
export const IsLoginText = (): PropertyDecorator =>
  rule('loginText', { type: 'string', minLength: 1 }, (value) => (typeof value === 'string' && value !== '' ? null : 'must not be empty'));

export const IsMoment = (): PropertyDecorator =>
  rule('moment', { type: ['string', 'integer'], minimum: 0, maximum: MAX_SECONDS, description: 'An ISO 8601 time or Unix seconds.' }, (value) =>
    (typeof value === 'string' || typeof value === 'number') && momentToMs(value) !== null ? null : 'must be an ISO 8601 time or Unix seconds',
  );

/** Bytes are counted without a `Bearer ` prefix, so the controller checks their number. This rule only requires a text. */
export const IsImportedKey = (): PropertyDecorator =>
  rule('importedKey', { type: 'string', minLength: 1, description: '16 to 1024 bytes, counted without a leading `Bearer `.' }, (value) =>
    typeof value === 'string' && value !== '' ? null : 'must be the key, as text',
  );
