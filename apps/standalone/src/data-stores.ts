import { join } from 'node:path';
import { SqliteDirectoryViews, SqliteEventLog, SqliteKeyViews, SqliteUsageStore, SqliteViewStore, ViewsFile } from '@app/adapters/sqlite';
import type { Stores } from '@app/platform';

/** Opens the files of a data folder (`log.db`, `views.db`, `usage.db`). `alone`: no other process has them open. */
export const openDataStores = (dataDir: string, { alone }: { readonly alone: boolean }): Stores => {
  const log = SqliteEventLog.open(join(dataDir, 'log.db'));
  const viewsFile = new ViewsFile(join(dataDir, 'views.db'), { mayRecreate: alone });
  const usage = new SqliteUsageStore(join(dataDir, 'usage.db'));
  const views = new SqliteViewStore(viewsFile);
  return {
    log,
    views,
    usage,
    directoryViews: new SqliteDirectoryViews(viewsFile),
    keyViews: new SqliteKeyViews(viewsFile),
    close: async () => {
      await usage.close();
      await views.close();
      await log.close();
    },
  };
};
