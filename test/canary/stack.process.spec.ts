import { mongoCapabilities, neededServer, SERVICES } from '@tools/stack';
import { beforeAll, describe, expect, it } from 'vitest';
import { BACKEND_ENDPOINTS, ERROR_ANSWERS } from '@app/http-api';
import { buildEdited } from '../../scripts/edited-build.mjs';
import { FAULTS } from './faulty-server.js';
import { StackRun } from './stack-run.js';

const PARSER = /HTTPParser \/ incoming → object IncomingMessage/;
const isOfIdleConnection = (line: string): boolean =>
  /^validation-\d+: [^(]*backend key /.test(line) &&
  line
    .split(' kept by ')
    .slice(1)
    .join()
    .split(' and by ')
    .every((path) => PARSER.test(path));

/** Protects: of all secrets that four services are given, or give out, none is to be found afterwards but where it was meant to go. */
describe('after every endpoint and every error, with four services', () => {
  let report: Awaited<ReturnType<StackRun['report']>>;
  beforeAll(async () => {
    const build = await buildEdited(FAULTS, SERVICES);
    report = await new StackRun('trace', build.distDir).report().finally(build.remove);
  }, 480_000);

  it('every endpoint returned 200, and every refusal was provoked', () => {
    expect(report.shown.endpoints).toEqual(BACKEND_ENDPOINTS.map(({ methods: [method], paths: [path] }) => `${String(method)} ${String(path)}`));
    expect(report.shown.refusals.toSorted()).toEqual(Object.keys(ERROR_ANSWERS).toSorted());
    expect(report.shown.statuses).toEqual(expect.arrayContaining([200, 400, 401, 403, 404, 409, 413, 426, 429, 500, 503]));
    expect(report.shown.planted).toBeGreaterThan(500);
  });

  it('what is not a secret is found by the same searches, on the lines, in the heaps and in the files', () => {
    const { wires, heaps, files, events } = report.shown.controls;
    expect(wires.toSorted()).toEqual(['mongo', 'nats']);
    expect(heaps).toEqual(expect.arrayContaining(['keys-1']));
    expect(events).toEqual(expect.arrayContaining([expect.stringMatching(/^data\/nats\/.*\/jetstream\//)]));
    if (mongoCapabilities(neededServer('mongo')).storesPlainText) expect(files).toEqual(expect.arrayContaining([expect.stringMatching(/^data\/mongo\//)]));
    expect(report.shown.printed).toContain('a planted fault');
  });

  it('no answer but the one that issues a secret shows it, in its body or in a header', () => {
    expect(report.found.answers).toEqual([]);
  });

  it('no process printed a secret', () => {
    expect(report.found.printed).toEqual([]);
  });

  it('no secret is in a file: not in the log, the read models, the event stream or a dump of Redis, nor in what the processes wrote', () => {
    expect(report.found.files).toEqual([]);
  });

  it('neither a key nor a secret of the deployment goes to NATS or to the database, and none of all secrets to Redis', () => {
    expect(report.found.wires).toEqual([]);
  });

  it('no secret is in what the system shows of the processes', () => {
    expect(report.found.processes).toEqual([]);
  });

  // Taken after all connections of callers were closed and each process had one more request, without a secret. The edge keeps connections
  // of its own: Node's parser holds the backend key of the last validation on each, see test/canary/leaks.process.spec.ts.
  it('no secret that came with a request, or was issued by one, is in a heap after it', () => {
    expect(report.found.heaps.filter((line) => !isOfIdleConnection(line))).toEqual([]);
  });
});
