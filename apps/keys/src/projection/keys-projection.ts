import { Inject, Injectable, Logger } from '@nestjs/common';
import { entityProjection, LogTail, ProjectionRunner } from '@app/log';
import { Clock, EventLog, ViewStore } from '@app/ports';

const logger = new Logger('keys projection');
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'failed');

export const KEYS_PROJECTION = entityProjection('keys', 2, [{ view: 'apiKeys' }, { view: 'backendKeys' }]);

/** Keeps the rows of keys and backend keys. A class of its own, because a process may hold several runners. */
@Injectable()
export class KeysProjection extends ProjectionRunner {
  constructor(@Inject(ViewStore) views: ViewStore, @Inject(EventLog) log: EventLog, @Inject(LogTail) tail: LogTail, @Inject(Clock) clock: Clock) {
    super(KEYS_PROJECTION, views, log, tail, {
      clock,
      onFailed: ({ pos, error }) => logger.error(`Commit ${pos} could not be projected and was skipped: ${messageOf(error)}`),
      onStoreError: (error) => logger.warn(`The read models of keys are behind: ${messageOf(error)}`),
    });
  }
}
