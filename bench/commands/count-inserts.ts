// Loaded into a server before its own code (`node --import`): counts the inserts of its log and the commits in them, and writes both
// down when a signal asks. That is how large group commit's batches were. It watches the SQLite driver, which the server shares with it;
// the server's own code is one bundle that nothing reaches into.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';

/** One such statement for each commit, and one transaction for each insert. */
const COMMIT_STATEMENT = 'INSERT INTO commits ';

const { prepare, exec } = Database.prototype;
const logs = new WeakSet<Database.Database>();
let inserts = 0;
let commits = 0;

Database.prototype.prepare = function prepareCounted(this: Database.Database, sql: string) {
  const statement = prepare.call(this, sql);
  if (!sql.startsWith(COMMIT_STATEMENT)) return statement;
  logs.add(this);
  const { run } = statement;
  return Object.assign(statement, {
    run: (...values: readonly unknown[]) => {
      const result = run.apply(statement, [...values]);
      commits += result.changes;
      return result;
    },
  });
} as typeof prepare;

Database.prototype.exec = function execCounted(this: Database.Database, ...given: Parameters<typeof exec>) {
  const result = exec.apply(this, given);
  if (given[0] === 'COMMIT' && logs.has(this)) inserts += 1;
  return result;
};

process.on('SIGUSR2', () => {
  const file = join(process.env['DATA_DIR'] ?? '', 'inserts.json');
  writeFileSync(`${file}.new`, JSON.stringify({ inserts, commits }));
  renameSync(`${file}.new`, file);
});
