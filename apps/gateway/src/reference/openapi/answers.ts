import type { JsonValue } from '@app/domain';
import type { JsonSchema } from '@app/http-api';

/** The response of a call that succeeded. */
export interface AnswerShape {
  readonly schema: JsonSchema;
  readonly example: JsonValue;
  /** Other responses with the same status, by name. */
  readonly others?: Readonly<Record<string, JsonValue>>;
  /** Whether the response sets or clears the cookies of the session. */
  readonly cookies?: 'sets' | 'clears';
}

/** As it is sent: an undefined field is absent. */
export const asJson = (value: unknown): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue;
