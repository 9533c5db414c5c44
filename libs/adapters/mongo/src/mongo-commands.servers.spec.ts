import type { Commit } from '@app/ports';
import { mongoDatabaseUrl, type StackServer, startMongo } from '@tools/stack';
import { mongo } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { row, userState } from '@test/contract/view-fixtures.js';
import { CausalReads } from './causal-reads.js';
import { MongoDirectoryViews, MongoEventLog, type MongoLink, MongoViewStore, openMongo } from './index.js';

let server: StackServer;
let link: MongoLink;
const sent: mongo.CommandStartedEvent[] = [];

beforeAll(async () => {
  server = await startMongo();
  const url = new URL(mongoDatabaseUrl(server.url, 'commands'));
  url.searchParams.set('monitorCommands', 'true');
  link = await openMongo({ url: url.href, appName: 'test', deadlineMs: 5_000 });
  link.record.getClient().on('commandStarted', (command) => sent.push(command));
});
afterAll(async () => {
  await link.close();
  await server.stop();
});

const commandsOf = async (work: () => Promise<unknown>): Promise<readonly mongo.Document[]> => {
  sent.splice(0);
  await work();
  return sent.map(({ command }) => command);
};
const commit = (pos: number): Commit => ({ pos, prev: '0'.repeat(64), tags: ['t'], body: '{}', hash: null });

// Where one server stands alone, or ignores what is asked of a majority, only the questions themselves can be looked at.
describe('what is asked of a replica set', () => {
  it('an insert is durable on a majority, ordered, and tried once by the driver', async () => {
    const log = new MongoEventLog(link);
    const [insert, ...more] = await commandsOf(() => log.insert([commit(1), commit(2)]));
    expect(insert).toMatchObject({ insert: 'log', ordered: true, writeConcern: { w: 'majority', j: true, wtimeout: 5_000 }, maxTimeMS: 5_000 });
    expect(insert).not.toHaveProperty('txnNumber');
    expect(more).toEqual([]);
  });

  it('the head is probed by one linearizable read of one _id, which carries no time', async () => {
    const probes = await commandsOf(() => new MongoEventLog(link).readFrom(3, 1));
    expect(probes).toMatchObject([{ find: 'log', filter: { _id: '0000000000000003' }, readConcern: { level: 'linearizable' }, maxTimeMS: 5_000 }]);
    expect(probes[0]?.['readConcern']).not.toHaveProperty('afterClusterTime');
  });

  it('a page ends with a linearizable read that finds nothing', async () => {
    const log = new MongoEventLog(link);
    await log.insert(Array.from({ length: 40 }, (_, index) => commit(index + 3)));
    const last = (await commandsOf(() => log.readFrom(1, 500))).at(-1);
    expect(last).toMatchObject({ filter: { _id: '0000000000000043' }, readConcern: { level: 'linearizable' } });
    expect((await commandsOf(() => log.readHead())).map((command) => command['readConcern'])).toMatchObject([{ level: 'majority' }, { level: 'linearizable' }]);
  });

  it('every other read of the log is of a majority, and from the primary', async () => {
    const log = new MongoEventLog(link);
    for (const read of [() => log.readTagged('t'), () => log.readBack(9, 3)]) {
      const commands = await commandsOf(read);
      expect(commands).toMatchObject([{ find: 'log', readConcern: { level: 'majority' }, maxTimeMS: 5_000 }]);
      // A direct connection to a member of a set asks that member, which the driver writes as "primary preferred".
      expect(['primary', 'primaryPreferred']).toContain(commands[0]?.['$readPreference']?.mode ?? 'primary');
    }
    expect(link.record.getClient().readPreference.mode).toBe('primary');
  });

  it('rows and the position of a projection are written to a majority, the position last', async () => {
    const commands = await commandsOf(() => new MongoViewStore(link).save('directory', 1, 7, [row('users', userState('u1'), 7)]));
    expect(commands.map((command) => command['update'] as string)).toEqual(['projections', 'users', 'projections']);
    for (const command of commands) expect(command).toMatchObject({ writeConcern: { w: 'majority' } });
    expect(commands.at(-1)).toMatchObject({ updates: [{ q: { _id: 'directory', version: 1 }, u: { $max: { pos: 7 } } }] });
  });

  it('a search sends a pattern that a server with C strings takes', async () => {
    const query = { environmentId: 'e', orderBy: 'EMAIL', legacyUserId: null, orgId: null, role: null, pageNumber: 0, pageSize: 10 } as const;
    const [search] = await commandsOf(() => new MongoDirectoryViews(link).queryUsers({ ...query, emailOrUsername: 'A\0.b' }));
    expect(JSON.stringify(search?.['pipeline'])).toContain(JSON.stringify('a\\x00\\.b'));
  });

  it('what a start removes may take longer than a call', async () => {
    const deletes = (await commandsOf(() => new MongoViewStore(link).position('directory', 2))).filter((command) => 'delete' in command);
    expect(deletes.length).toBeGreaterThan(0);
    for (const command of deletes) expect(command['maxTimeMS']).toBeGreaterThan(100_000);
  });

  it('a majority read asks for a state as new as the newest that any call has seen, and other calls for none', async () => {
    const client = link.record.getClient();
    const reads = new CausalReads(client);
    const seen = (seconds: number) => new mongo.Timestamp({ t: seconds, i: 1 });
    const timeOf = (session: mongo.ClientSession) => Promise.resolve(session.operationTime);
    expect(await reads.afterAllSeen(timeOf)).toBeUndefined();
    for (const seconds of [5, 9, 7]) await reads.remembered(async (session) => session.advanceOperationTime(seen(seconds)));
    expect(await reads.afterAllSeen(timeOf)).toEqual(seen(9));
    expect(await reads.remembered(timeOf)).toBeUndefined();
    await reads
      .remembered(async (session) => {
        session.advanceOperationTime(seen(11));
        throw new Error('a taken position');
      })
      .catch(() => undefined);
    expect(await reads.afterAllSeen(timeOf)).toEqual(seen(11));
  });
});
