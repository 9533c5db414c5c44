import { describe, expect, it } from 'vitest';
import { Cascade } from '@app/keys';
import { LogTail } from '@app/log';
import { EventLog } from '@app/ports';
import { directory } from '@test/support/keys/directory-facts.js';
import type { KeysStage } from '@test/support/keys/keys-stage.js';
import { allCommits } from '@test/support/log/log-facts.js';
import { useStages } from '@test/support/keys/stages.js';
import { keysEndedBy } from './log-reader.js';

const KEYS_OF_USER = 5_000;
const CHUNK_KEYS = 500;
const { open } = useStages();

/** Where the log stood when a command arrived, and where its commit is. */
interface Placed {
  readonly arrivedAtPos: number;
  readonly pos: number;
}

const withBlockedUser = async (stage: KeysStage): Promise<void> => {
  await stage.run(directory.createEnvironment());
  await stage.run(directory.createUser('many'));
  await stage.run(directory.createUser('other'));
  await stage.issueMany(KEYS_OF_USER, { userId: 'many' });
  await stage.run(directory.block('many'));
};

/** `clients` that issue keys one after another until the cascade has done its work: the log's head is read in the turn of the arrival. */
const issueBeside = async (stage: KeysStage, clients: number): Promise<readonly Placed[]> => {
  const tail = stage.get(LogTail);
  const placed: { arrivedAtPos: number; keyId: string }[] = [];
  let over = false;
  const client = async (): Promise<void> => {
    while (!over) {
      const arrivedAtPos = tail.applied;
      placed.push({ arrivedAtPos, keyId: await stage.issue({ userId: 'other' }) });
    }
  };
  const running = Array.from({ length: clients }, client);
  const isOver = stage.get(Cascade).handled(tail.applied, 50_000);
  await Promise.race([isOver, Promise.all(running)]);
  over = true;
  await Promise.all(running);
  expect(await isOver).toBe(true);
  const issued = new Map(
    (await allCommits(stage.get(EventLog))).flatMap(({ pos, events }) =>
      events.flatMap((event) => (event.type === 'api-key.issued.v1' ? [[event.data.keyId, pos] as const] : [])),
    ),
  );
  return placed.map(({ arrivedAtPos, keyId }) => ({ arrivedAtPos, pos: issued.get(keyId) ?? Number.POSITIVE_INFINITY }));
};

describe('while the keys of a blocked user are written down', () => {
  it.each([1, 4, 60])('a command of %i clients waits for one chunk at most, from its arrival to its commit', async (clients) => {
    const stage = await open();
    await withBlockedUser(stage);
    const placed = await issueBeside(stage, clients);
    const chunks = (await allCommits(stage.get(EventLog))).filter((commit) => keysEndedBy(commit).length > 0);
    expect(chunks.map((commit) => keysEndedBy(commit).length)).toEqual(Array.from({ length: KEYS_OF_USER / CHUNK_KEYS }, () => CHUNK_KEYS));
    const waitedFor = placed.map(({ arrivedAtPos, pos }) => chunks.filter((chunk) => chunk.pos > arrivedAtPos && chunk.pos < pos).length);
    expect(Math.max(...waitedFor)).toBeLessThanOrEqual(1);
    // It was not an easy world: chunks did come between, and commands came between chunks.
    expect(waitedFor).toContain(1);
    expect(placed.length).toBeGreaterThan(chunks.length / 2);
  });
});
