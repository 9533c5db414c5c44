import { describe, expect, it } from 'vitest';
import { importsOf } from '@test/support/project/imports-and-exports.js';
import { isProduct, sourceFiles, textOf } from '@test/support/project/source-files.js';

const VAGUE = /(?:^|[-.])(?:utils?|commons?|helpers?|base|managers?|misc)(?:[-.]|$)/;

/** Where a secret's plaintext is needed, and why nowhere else. */
const DOORS: Readonly<Record<string, string>> = {
  'libs/tokens/src/native-token.ts': 'hands a new key to the caller who asked for it, this once',
  'apps/gateway/src/issue-backend-key.ts': 'hands a new backend key to the operator, this once',
  'apps/gateway/src/organization-api/organization-keys.controller.ts': 'hands a new key to the administrator who asked for it, this once',
  'apps/gateway/src/sessions/login.controller.ts': 'puts the first refresh token of a session into its cookie',
  'apps/gateway/src/sessions/refresh-sessions.ts': 'puts the next refresh token of a session into its cookie',
  'apps/validation/src/presented-call.ts': 'makes digests of what a caller of the validate route presents',
};

describe('source files', () => {
  it('are there', () => {
    expect(sourceFiles('.ts').filter(isProduct).length).toBeGreaterThan(150);
  });

  it('have names in kebab case', () => {
    const names = sourceFiles('.ts', '.mjs').map((path) => path.slice(path.lastIndexOf('/') + 1));
    expect(names.filter((name) => !/^[a-z0-9]+(?:[-.][a-z0-9]+)*\.(?:ts|mjs)$/.test(name))).toEqual([]);
  });

  it('have names that say what is in them', () => {
    const vague = sourceFiles('.ts', '.mjs').filter((path) =>
      path
        .replace(/\.(?:ts|mjs)$/, '')
        .split('/')
        .some((part) => VAGUE.test(part)),
    );
    expect(vague).toEqual([]);
  });

  it('never break a cycle by postponing it', () => {
    const word = ['forward', 'Ref'].join('');
    expect(sourceFiles('.ts').filter((path) => textOf(path).includes(word))).toEqual([]);
  });

  it('open a secret behind the listed doors only', () => {
    const opening = sourceFiles('.ts')
      .filter(isProduct)
      .filter((path) => /\.reveal\s*\(/.test(textOf(path)));
    expect(opening).toEqual(Object.keys(DOORS).toSorted());
  });

  it('read the environment of the process where it starts and nowhere else', () => {
    const reading = sourceFiles('.ts')
      .filter(isProduct)
      .filter((path) => /\bprocess\.env\b/.test(textOf(path)));
    const processes = ['cli', 'directory', 'gateway', 'keys', 'standalone', 'validation'];
    expect(reading).toEqual(processes.map((app) => `apps/${app}/src/main.ts`));
  });
});

describe('every folder of libs/adapters', () => {
  const adapters = new Set(sourceFiles('.ts').flatMap((path) => /^libs\/adapters\/([^/]+)\//.exec(path)?.[1] ?? []));

  it.each([...adapters])('%s runs a contract', (adapter) => {
    const specs = sourceFiles('.spec.ts').filter((path) => path.startsWith(`libs/adapters/${adapter}/`));
    expect(specs.flatMap(importsOf).some((module) => /^@test\/contract\/[a-z-]+\.contract\.js$/.test(module))).toBe(true);
  });

  it('every contract is run by an adapter', () => {
    const contracts = sourceFiles('.contract.ts').map((path) => path.slice('test/contract/'.length, -'.contract.ts'.length));
    const run = sourceFiles('.spec.ts')
      .filter((path) => path.startsWith('libs/adapters/'))
      .flatMap(importsOf);
    expect(contracts.filter((contract) => !run.some((module) => module.endsWith(`/${contract}.contract.js`)))).toEqual([]);
  });
});
