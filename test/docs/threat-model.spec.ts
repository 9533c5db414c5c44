import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { maxHeaderSize } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AccessTokenBody, BACKEND_ENDPOINTS, MAX_BATCH, MemberRoleBody, readBody } from '@app/http-api';
import { fenceLimits, fenceParameters } from '@app/fence';
import { gatewayFastifyOptions } from '@app/gateway';
import { readSettings } from '@app/platform';
import { openSecretsFile } from '@app/secrets';
import { CHECKSUM_LENGTH, IMPORTED_TOKEN_MAX_BYTES, IMPORTED_TOKEN_MIN_BYTES, mintApiKeyToken, mintBackendKey, newKeyId } from '@app/tokens';
import { readStandaloneSettings } from '@app/standalone/standalone-settings.js';
import { importsOf } from '@test/support/project/imports-and-exports.js';
import { isProduct, sourceFiles, textOf } from '@test/support/project/source-files.js';
import { blocksOf, ROOT, textOfPage } from '@test/support/project/code-blocks.js';

const PAGE = textOfPage('docs/threat-model.md');

/** As the page spells them: 6 000. */
const spelled = (count: number): string => String(count).replace(/(?<=\d)(?=(?:\d{3})+$)/g, ' ');
/** The cells after the first, of the row with that first cell. */
const row = (first: string): readonly string[] => {
  const line = PAGE.split('\n').find((text) => text.startsWith(`| ${first} |`));
  if (line === undefined) throw new Error(`The threat model has no row "${first}".`);
  return line
    .split(' | ')
    .slice(1)
    .map((cell) => cell.replace(/ \|$/, ''));
};
const bitsOf = (hex: string): number => hex.length * 4;

interface LockedPackage {
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}
const locked = (): readonly (readonly [string, LockedPackage])[] => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as { readonly packages: Readonly<Record<string, LockedPackage>> };
  return Object.entries(packages).filter(([path]) => path !== '');
};

describe('the threat model', () => {
  it('names files and tests that are there', () => {
    const paths = [...PAGE.matchAll(/`((?:apps|libs|test)\/[^`]+)`/g)].map(([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(15);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('has a row for every secret of a deployment, each of 256 bits', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keyfence-threats-'));
    const { peppers, ...others } = openSecretsFile(folder, false);
    rmSync(folder, { recursive: true });
    expect(Object.keys(others).toSorted()).toEqual(['cacheSecret', 'emailPepper', 'fenceSecret', 'sealSecret']);
    for (const first of ['Pepper', 'E-mail pepper', 'Seal secret', 'Fence secret', 'Cache secret', 'All of `secrets.json`']) expect(row(first).length).toBe(3);
    for (const key of [...peppers.map((pepper) => pepper.key), ...Object.values(others)]) expect(key.length * 8).toBe(256);
    expect(row('Each deployment secret')[0]).toBe('256');
    // The page says that in one process nothing uses the one, and the tokens that follow others alone the other.
    const users = sourceFiles('.ts')
      .filter(isProduct)
      .filter((path) => /fenceSecret|cacheSecret/.test(textOf(path)));
    expect(users.filter((path) => !/^libs\/(?:secrets|distributed)\/|-process\.ts$/.test(path))).toEqual(['apps/standalone/src/standalone.module.ts']);
    expect(textOf('apps/standalone/src/standalone.module.ts')).not.toContain('fenceSecret');
  });

  it('has a row for every file of the data folder', () => {
    const files =
      blocksOf('docs/operating.md')
        .find(({ language, role }) => language === 'text' && role === 'files')
        ?.text.trim()
        .split('\n') ?? [];
    expect(files).toContain('log.db');
    for (const file of files) expect(row(file === 'secrets.json' ? 'All of `secrets.json`' : `\`${file}\``).length).toBeGreaterThan(2);
  });

  it('counts the bits of tokens right', () => {
    const keyId = newKeyId();
    expect(row('API key').length).toBe(3);
    const apiKey = mintApiKeyToken(keyId, '').reveal().slice(keyId.length, -CHECKSUM_LENGTH);
    const backendKey = mintBackendKey().reveal().slice(0, -CHECKSUM_LENGTH);
    expect(PAGE).toContain(`| API key | ${bitsOf(apiKey)} | \`randomBytes(${bitsOf(apiKey) / 8})\``);
    expect(PAGE).toContain(`| Backend key | ${bitsOf(backendKey)} | \`randomBytes(${bitsOf(backendKey) / 8})\``);
    expect(PAGE).toContain(`ids | 122, 122, ${bitsOf(keyId)};`);
    expect(PAGE).toContain(`${IMPORTED_TOKEN_MIN_BYTES} to ${IMPORTED_TOKEN_MAX_BYTES} bytes of any text`);
    const years = 2 ** bitsOf(apiKey) / 1e9 / 2 / 1e5 / (365.25 * 86_400);
    expect(PAGE).toContain(`more than 10^${Math.floor(Math.log10(years))} years`);
  });

  it('has the bounds that the code has', () => {
    const { requestTimeout, keepAliveTimeout } = gatewayFastifyOptions();
    const bodyKiB = (path: string): string | undefined => /BODY_(?:LIMIT_)?BYTES = (\d+) \* 1024/.exec(textOf(path))?.[1];
    const ofGateway = bodyKiB('libs/platform/src/receive-body.ts');
    expect(row('Headers of a request, body')).toEqual([`${maxHeaderSize / 1024} KiB, ${ofGateway} KiB`]);
    const headersTimeout = Number(/headersTimeout: ([\d_]+)/.exec(textOf('apps/standalone/src/http-server.ts'))?.[1]?.replaceAll('_', ''));
    expect(row('Time for the headers, the whole request, between requests')[0]).toContain(
      `${headersTimeout / 1000} s, ${requestTimeout / 1000} s, ${keepAliveTimeout / 1000} s;`,
    );
    expect(row('Calls a minute')[0]).toContain(`${spelled(readSettings(readStandaloneSettings, {}).platformLimitPerMinute)} per backend key`);
    expect(row('Look-ups in progress')[0]).toContain(`${spelled(fenceLimits.lookUpsInFlight)}, then 503`);
    const constant = (path: string, name: string): string => spelled(Number(new RegExp(`${name} = ([\\d_]+);`).exec(textOf(path))?.[1]?.replaceAll('_', '')));
    const trackers = constant('apps/gateway/src/entry/limit.ts', 'CALLERS_IN_MEMORY');
    const owners = constant('apps/validation/src/owner-limit.ts', 'OWNERS_IN_MEMORY');
    expect(row('Counters in memory')[0]).toContain(`${trackers} callers, ${owners} owners`);
    expect(row('Page, batch, additional roles, names')[0]).toContain(`100 rows, ${MAX_BATCH} ids, 100 roles`);
    const roles = (count: number) => () =>
      readBody(MemberRoleBody, { user_id: 'u', org_id: 'o', role: 'Member', additional_roles: Array.from({ length: count }, () => 'Member') });
    expect(roles(100)).not.toThrow();
    expect(roles(101)).toThrow();
    const minutes = (count: number) => () => readBody(AccessTokenBody, { user_id: 'u', duration_in_minutes: count });
    expect(minutes(30 * 24 * 60)).not.toThrow();
    expect(minutes(30 * 24 * 60 + 1)).toThrow();
    const { leaseAuthorityMs, leaseNodeMs, clockToleranceMs } = fenceParameters(10_000);
    expect([leaseNodeMs / leaseAuthorityMs, clockToleranceMs / leaseAuthorityMs]).toEqual([0.8, 0.05]);
  });

  it('is right that no endpoint makes backend keys, changes settings or takes a token in its path', () => {
    const subjects = sourceFiles('.ts')
      .filter((path) => path.startsWith('apps/gateway/src/backend-api/'))
      .flatMap((path) => [...textOf(path).matchAll(/'((?:keys|directory)\.[a-z-]+)'/g)].map(([, subject]) => subject));
    expect(subjects).toContain('keys.issue-key');
    expect(subjects.filter((subject) => /backend-key|settings|environment/.test(subject ?? ''))).toEqual([]);
    expect(
      BACKEND_ENDPOINTS.flatMap(({ paths }) => paths)
        .flatMap((path) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))
        .filter((name = '') => !name.endsWith('_id')),
    ).toEqual([]);
  });

  it('is right that nothing is fetched: no product file opens a connection, but adapters those of their servers', () => {
    // The stack is what starts the services on one machine, and asks each whether it is ready.
    const product = sourceFiles('.ts')
      .filter(isProduct)
      .filter((path) => path.startsWith('apps/') || path.startsWith('libs/'));
    expect(product.filter((path) => /(?:await|return|void|=>?)\s+fetch\(|globalThis\.fetch|\bnew WebSocket\b/.test(textOf(path)))).toEqual([]);
    expect(product.filter((path) => importsOf(path).some((module) => /^(?:node:(?:https|dgram|dns|tls|http2|child_process)|undici)/.test(module)))).toEqual([]);
    const openers = product.filter((path) =>
      /import (?!type)[^;]*\b(?:request|get|connect|createConnection)\b[^;]* from 'node:(?:http|net)'/.test(textOf(path)),
    );
    expect(openers).toEqual([]);
  });

  it('is right about the packages: each pinned by SHA-512, no install script runs, three with native code', () => {
    expect(locked().filter(([, { integrity }]) => integrity?.startsWith('sha512-') !== true)).toEqual([]);
    expect(readFileSync(join(ROOT, '.npmrc'), 'utf8').split('\n')).toContain('ignore-scripts=true');
    expect(locked().filter(([, { dev, hasInstallScript }]) => dev !== true && hasInstallScript === true)).toEqual([]);
    const native = locked()
      .filter(([, { dev, os, cpu }]) => dev !== true && (os ?? cpu) !== undefined)
      .map(([path]) => path);
    expect(native.filter((path) => !/^node_modules\/(?:libsql$|@libsql\/|@node-rs\/argon2-|@rolldown\/binding-)/.test(path))).toEqual([]);
    expect(native.length).toBeGreaterThan(2);
  });
});
