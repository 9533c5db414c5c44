import type { Message, ReplyOf, RequestOf, Subject } from '@app/messages';

/** What a use case returns: its reply and the log position that the reply rests on. */
export interface Done<Reply> {
  readonly data: Reply;
  readonly pos: number;
}

export type MessageOf<S extends Subject> = Message<RequestOf<S>>;
export type ReplyTo<S extends Subject> = Promise<Done<ReplyOf<S>>>;

/** One act or question of a service. Where it is only loaded, decided, appended and fenced, a `ChangeOf` says it without a class. */
export interface UseCase<S extends Subject> {
  run(message: MessageOf<S>): ReplyTo<S>;
}
