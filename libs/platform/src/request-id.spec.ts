import { expect, it } from 'vitest';
import { givenRequestId } from './request-id.js';

const given = (id: string | string[] | undefined): string | null => givenRequestId({ headers: { 'x-request-id': id } });

it.each(['a', 'trace-1.a_B', 'x'.repeat(64)])("the id %s is the request's", (id) => expect(given(id)).toBe(id));

it.each([[undefined], [''], ['x'.repeat(65)], ['a b'], ['a\n'], ['a\r\nSet-Cookie: b'], ['{"a":1}'], ['é'], [['a', 'b']]])(
  '%o is not an id fit for logs and headers',
  (id) => expect(given(id)).toBeNull(),
);
