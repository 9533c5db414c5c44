import { ERROR_ANSWERS } from '@app/http-api';
import type { AnsweredCode } from '@app/http-api';
import { type CapturedAnswer, refusalAnswer, VALIDATE_ANSWERS } from './captured-answers.js';
import { code, generatedNote, page, table } from './markdown.js';

const bodyOf = ({ body }: CapturedAnswer): string => (body === '' ? 'empty' : code(body));
const row = (first: readonly string[], answer: CapturedAnswer): readonly string[] => [
  String(answer.status),
  ...first,
  answer.contentType === '' ? '–' : code(answer.contentType),
  answer.retryAfter === null ? '–' : code(answer.retryAfter),
  bodyOf(answer),
];

const refusalRows = (): readonly (readonly string[])[] =>
  (Object.keys(ERROR_ANSWERS) as AnsweredCode[]).map((refusal) => row([code(refusal), ERROR_ANSWERS[refusal].meaning], refusalAnswer(refusal)));

const validateRows = (): readonly (readonly string[])[] => VALIDATE_ANSWERS.map(([meaning, answer]) => row([meaning], answer));

const RULES = `Four rules hold for all of them.

- A 400 is a JSON object from field name to an array of sentences. The validate calls differ: there the value is one sentence.
- 401, 403, 404 and 426 have no body. What may not be seen looks like what does not exist.
- 413, 429 of the platform, 500 and 503 are plain text. Some official clients would read a JSON object there as a bad request.
- 503 means undecided. It never means that a key is bad. Ask again after \`Retry-After\` seconds. A change
  that was answered so may have been made, or be made a moment later: repeat it, or look.`;

const TWO_LIMITS = `## Two kinds of 429

The **platform's limit** guards the server. It counts calls per backend key (per address where no key opened the request), in a window of a
minute, over every call but the two validate calls. Its body is one sentence of plain text.

The **owner's limit** is a setting of the environment. It counts validations per user over all personal keys, and per organization over all
organization keys. Its body is JSON with \`error_code\`, and only the validate calls answer it. [Settings](settings.md) says how to set it.`;

export const errorsPage = (): string =>
  page(
    generatedNote("the refusals' table in libs/http-api and the answers of the HTTP edge"),
    '# Errors',
    RULES,
    '## The backend API',
    'Every refusal has a code inside Keyfence and one answer outside. The code itself is not sent.',
    table(['Status', 'Code', 'Meaning', 'Content type', 'Retry-After', 'Body'], refusalRows()),
    'Beside these: 404 with no body for a path that does not exist, 413 as text for a body over 64 KiB, 500 as text for a fault of the server.',
    '## The two validate calls',
    table(['Status', 'Meaning', 'Content type', 'Retry-After', 'Body'], validateRows()),
    TWO_LIMITS,
  );
