import type { JsonValue } from '@app/domain';
import type { JsonSchema } from '@app/http-api';

/** What a call answers when it did what was asked. */
export interface AnswerShape {
  readonly schema: JsonSchema;
  readonly example: JsonValue;
  /** Other answers of the same status, by name. */
  readonly others?: Readonly<Record<string, JsonValue>>;
  /** Sets or clears the cookies of the session. */
  readonly cookies?: 'sets' | 'clears';
}

/** As it goes out: what is undefined is absent. */
export const asJson = (value: unknown): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue;
