import type { Message, ReplyOf, RequestOf, Subject } from '@app/messages';

/** What a use case returns: its reply and the log position that the reply depends on. */
export interface Done<Reply> {
  readonly data: Reply;
  readonly pos: number;
}

export type MessageOf<S extends Subject> = Message<RequestOf<S>>;
export type ReplyTo<S extends Subject> = Promise<Done<ReplyOf<S>>>;

/** One command or query of a service. If it only loads, decides, appends and fences, it is a `ChangeOf` without a class. */
export interface UseCase<S extends Subject> {
  run(message: MessageOf<S>): ReplyTo<S>;
}
