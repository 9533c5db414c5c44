import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { redactEnvironment, redactUser } from '@app/domain';
import { entityProjection, LogTail, ProjectionRunner } from '@app/log';
import { Clock, EventLog, ViewStore } from '@app/ports';

const logger = new Logger('directory projection');
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'failed');

/** Password hashes and private keys stay in the log: a copy of the read models contains neither. */
export const DIRECTORY_PROJECTION = entityProjection('directory', 2, [
  { view: 'users', redact: redactUser },
  { view: 'organizations' },
  { view: 'environments', redact: redactEnvironment },
]);

/** Keeps the rows of users, organizations and environments. */
@Injectable()
export class DirectoryProjection extends ProjectionRunner implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(ViewStore) views: ViewStore, @Inject(EventLog) log: EventLog, @Inject(LogTail) tail: LogTail, @Inject(Clock) clock: Clock) {
    super(DIRECTORY_PROJECTION, views, log, tail, {
      clock,
      onFailed: ({ pos, error }) => logger.error(`Commit ${pos} could not be projected and was skipped: ${messageOf(error)}`),
      onStoreError: (error) => logger.warn(`The read models of directory are behind: ${messageOf(error)}`),
    });
  }

  onApplicationBootstrap(): Promise<void> {
    return this.start();
  }
  onApplicationShutdown(): Promise<void> {
    return this.stop();
  }
}
