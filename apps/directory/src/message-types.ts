import type { DirectoryMessages, Message, ReplyOf, RequestOf } from '@app/messages';
import type { Done } from '@app/platform';

type DirectorySubject = keyof DirectoryMessages;

/** What a handler of the subject is given, and what it answers with. */
export type In<S extends DirectorySubject> = Message<RequestOf<S>>;
export type Out<S extends DirectorySubject> = Promise<Done<ReplyOf<S>>>;
