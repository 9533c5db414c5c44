import { MongoDirectoryViews, MongoEventLog, MongoKeyViews, MongoUsageStore, MongoViewStore, openMongo } from '@app/adapters/mongo';
import { BurstLog, type Core, openCore, type Stores } from '@app/platform';
import { SystemClock } from '@app/ports';
import { keepTrying } from './keep-trying.js';
import type { Doorbell } from './messages.js';
import type { ServiceProcess } from './service-process.js';
import type { LogSettings } from './service-settings.js';

const openStores = async ({ mongodbUrl, viewsDatabase }: LogSettings, { service, log }: ServiceProcess): Promise<Stores> => {
  const mongo = await openMongo({
    url: mongodbUrl,
    appName: `keyfence ${service}`,
    ...(viewsDatabase === null ? {} : { viewsDatabase }),
    onWarning: (text) => log.warn({ context: 'mongodb' }, text),
  });
  return {
    log: new MongoEventLog(mongo),
    views: new MongoViewStore(mongo),
    directoryViews: new MongoDirectoryViews(mongo),
    keyViews: new MongoKeyViews(mongo),
    usage: new MongoUsageStore(mongo),
    close: () => mongo.close(),
  };
};

/** The log and the read models on MongoDB, followed by this process; waits until the database replies. */
export const openMongoCore = async (settings: LogSettings, process: ServiceProcess, doorbell: Doorbell): Promise<Core> => {
  const log = process.log.child({ context: 'mongodb' });
  const outage = new BurstLog(({ text }) => log.warn(text));
  const events = {
    fatal: process.fatal,
    store: (error: unknown) => outage.say({ requestId: '-', text: `The database did not answer: ${error instanceof Error ? error.message : 'failed'}` }),
    stored: () => doorbell.ring(),
  };
  const core = await keepTrying('MongoDB', async () => openCore(await openStores(settings, process), events), process, new SystemClock());
  doorbell.onRing(() => core.tail.doorbell());
  return core;
};
