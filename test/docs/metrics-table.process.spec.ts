import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Family, parseExposition } from '@test/support/observed/exposition.js';
import { BackendApi, V1 } from '@test/support/clients/backend-api.js';
import { StandaloneServer } from '@test/support/servers/standalone-process.js';
import { textOfPage } from '@test/support/project/code-blocks.js';

const ROW = /^\| `(?<name>keyfence_\w+)` \| (?<type>\w+) \|(?<labels>[^|]*)\|/gm;
/** Made by the format, not by the owner of the number. */
const BUCKET = 'le';

const section = (): string =>
  (
    textOfPage('docs/operating.md')
      .split(/^## /m)
      .find((part) => part.startsWith('Metrics and health\n')) ?? ''
  ).replace(/^```[\s\S]*?^```/gm, '');
const codesIn = (text: string): readonly string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

describe('the table of metrics in docs/operating.md', () => {
  let server: StandaloneServer;
  let families: readonly Family[];
  beforeAll(async () => {
    server = await StandaloneServer.started();
    const api = BackendApi.of(server);
    // Something of everything that has labels.
    await api.done('POST', `${V1}/user/${await api.createUser()}/disable`);
    families = [...parseExposition(await (await fetch(`${server.adminOrigin}/metrics`)).text()).values()];
  });
  afterAll(() => server?.remove());

  it('is what a server tells: each metric with its type and labels, and no other', () => {
    const shown = [...section().matchAll(ROW)].map(
      ({ groups = {} }) =>
        `${groups['name'] ?? ''} ${groups['type'] ?? ''} ${codesIn(groups['labels'] ?? '')
          .toSorted()
          .join()}`,
    );
    const told = families
      .filter(({ name }) => name.startsWith('keyfence_'))
      .map(({ name, type, samples }) => {
        expect([name, samples.length > 0]).toEqual([name, true]);
        const labels = new Set(samples.flatMap((sample) => Object.keys(sample.labels)));
        labels.delete(BUCKET);
        return `${name} ${type} ${[...labels].toSorted().join()}`;
      });
    expect(shown.toSorted()).toEqual(told.toSorted());
  });

  it('says which values a closed label has', () => {
    for (const row of section()
      .split('\n')
      .filter((line) => line.startsWith('| `keyfence_'))) {
      const [, name = ''] = /`(\w+)`/.exec(row) ?? [];
      for (const label of ['outcome', 'reason', 'kind', 'projection']) {
        if (name === 'keyfence_commands_total') continue;
        for (const sample of families.find((family) => family.name === name)?.samples ?? []) {
          const value = sample.labels[label];
          if (value !== undefined) expect([name, codesIn(row)]).toEqual([name, expect.arrayContaining([value])]);
        }
      }
    }
  });

  it('is followed by the names of those that come with the library', () => {
    const shown = codesIn(section()).filter((code) => /^(?:process|nodejs)_/.test(code));
    const told = families.map(({ name }) => name).filter((name) => !name.startsWith('keyfence_'));
    expect(told.filter((name) => !shown.includes(name))).toEqual([]);
    // Elsewhere the system tells less of its processes.
    if (process.platform === 'linux') expect(shown.toSorted()).toEqual(told.toSorted());
  });
});
