import type {
  AckMessage,
  BarrierQuestion,
  FenceAnswer,
  FenceQuestion,
  JoinAnswer,
  PushMessage,
  RecordsAnswer,
  RecordsQuestion,
  RenewAnswer,
  RenewQuestion,
} from '@app/fence';

/**
 * Whether sealed content has the shape that its reader relies on. Its sender knows the secret, so this is not a defense against an attacker,
 * but against another version of Keyfence: such a message counts as lost.
 */
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isPosition: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isTextOrNull: Check = (value) => value === null || isText(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

const shaped = <Content>(fields: Readonly<Record<keyof Content & string, Check>>): ((content: unknown) => content is Content) => {
  const checks = Object.entries<Check>(fields);
  return (content): content is Content => isObject(content) && checks.every(([name, check]) => check(content[name]));
};

const question = { incarnation: isText, nonce: isText };
const change = { pos: isPosition, names: listOf(isText) };

export const isFenceQuestion = shaped<FenceQuestion>(question);
export const isRenewQuestion = shaped<RenewQuestion>({ ...question, applied: isPosition, hash: isText });
export const isRecordsQuestion = shaped<RecordsQuestion>({ ...question, digests: listOf(isText), names: listOf(isText) });
export const isBarrierQuestion = shaped<BarrierQuestion>({ ...question, ...change });
export const isPush = shaped<PushMessage>({ ...change, nonce: isText });
export const isAck = shaped<AckMessage>(question);

export const isFenceAnswer = shaped<FenceAnswer>({ nonce: isText });
export const isJoinAnswer = shaped<JoinAnswer>({ nonce: isText, leaseMs: isPosition, feedFloor: isPosition, hash: isText, logHash: isText });
export const isRecordsAnswer = shaped<RecordsAnswer>({
  nonce: isText,
  now: isNumber,
  resolved: listOf(shaped({ digest: isText, name: isTextOrNull })),
  records: listOf(shaped({ name: isText, state: isObject, asOf: isPosition, digest: optional(isText) })),
});

const isGranted = shaped({
  nonce: isText,
  kind: (kind) => kind === 'granted',
  now: isNumber,
  head: isPosition,
  headHash: isText,
  changes: listOf(shaped(change)),
  more: optional((more) => more === true),
  reset: optional(shaped({ floor: isPosition })),
});
const isRefused = shaped({ nonce: isText, kind: (kind) => kind === 'refused' || kind === 'another-history' });
export const isRenewAnswer = (content: unknown): content is RenewAnswer => isGranted(content) || isRefused(content);

/** In place of an answer: the replica that was asked cannot answer now. */
export interface FenceFailure extends FenceAnswer {
  readonly failed: true;
}
export const isFenceFailure = shaped<FenceFailure>({ nonce: isText, failed: (failed) => failed === true });
