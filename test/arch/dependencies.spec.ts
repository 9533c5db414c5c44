import { dirname, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf } from '@test/support/project/imports-and-exports.js';
import { isProduct, isTool, sourceFiles } from '@test/support/project/source-files.js';

/**
 * Which packages a folder may name: those of the project by their alias, those of others by their name, Node's own as `node:`.
 * Read from the imports themselves, apart from the lint rule, so that a gap in one of the two shows in the other.
 */
interface Rule {
  readonly folder: string;
  readonly project: readonly string[];
  readonly packages: readonly string[];
  readonly node: boolean;
}

const NEST = ['@nestjs/common', '@nestjs/core', '@nestjs/microservices', 'rxjs'];
const LIBS = ['@app/domain', '@app/ports', '@app/tokens', '@app/secrets', '@app/log', '@app/fence', '@app/messages', '@app/http-api', '@app/platform'];
const service = (folder: string, packages: readonly string[] = []): Rule => ({
  folder,
  project: [...LIBS, '@app/distributed'],
  packages: [...NEST, 'reflect-metadata', ...packages],
  node: true,
});

const RULES: readonly Rule[] = [
  { folder: 'libs/domain', project: [], packages: [], node: false },
  { folder: 'libs/ports', project: ['@app/domain'], packages: [], node: false },
  { folder: 'libs/tokens', project: [], packages: [], node: true },
  { folder: 'libs/secrets', project: [], packages: [], node: true },
  { folder: 'libs/log', project: ['@app/domain', '@app/ports'], packages: ['lru-cache'], node: true },
  { folder: 'libs/fence', project: ['@app/domain', '@app/ports'], packages: ['lru-cache'], node: true },
  { folder: 'libs/messages', project: ['@app/domain'], packages: [], node: false },
  { folder: 'libs/http-api', project: ['@app/domain', '@app/messages'], packages: ['class-validator'], node: true },
  { folder: 'libs/platform', project: ['@app/domain', '@app/ports', '@app/log', '@app/messages'], packages: [...NEST, 'pino', 'prom-client'], node: true },
  { folder: 'libs/adapters/sqlite', project: ['@app/domain', '@app/ports'], packages: ['libsql'], node: true },
  { folder: 'libs/adapters/in-process', project: ['@app/ports'], packages: ['@nestjs/microservices', 'lru-cache'], node: false },
  { folder: 'libs/adapters/mongo', project: ['@app/domain', '@app/ports'], packages: ['mongoose'], node: true },
  {
    folder: 'libs/adapters/nats',
    project: ['@app/domain', '@app/ports', '@app/messages', '@app/fence', '@app/platform'],
    node: true,
    packages: ['@nestjs/common', '@nestjs/microservices', '@nats-io/transport-node', '@nats-io/jetstream', 'rxjs'],
  },
  { folder: 'libs/adapters/redis', project: ['@app/domain', '@app/ports'], packages: ['ioredis', 'cockatiel'], node: true },
  {
    folder: 'libs/distributed',
    node: true,
    packages: [...NEST, 'pino'],
    project: [...LIBS, '@app/adapters/mongo', '@app/adapters/nats', '@app/adapters/redis', '@app/adapters/in-process'],
  },
  service('apps/gateway', ['@nestjs/platform-fastify', '@nestjs/throttler', '@fastify/cookie', '@fastify/cors', 'fastify', 'jose', 'lru-cache', 'marked']),
  service('apps/directory', ['@node-rs/argon2', 'jose']),
  service('apps/keys'),
  service('apps/validation', ['lru-cache']),
  {
    folder: 'apps/standalone',
    node: true,
    packages: [...NEST, '@nestjs/platform-fastify', 'reflect-metadata'],
    project: [...LIBS, '@app/adapters/sqlite', '@app/adapters/in-process', '@app/gateway', '@app/directory', '@app/keys', '@app/validation'],
  },
  { folder: 'tools/stack', project: ['@app/secrets'], packages: ['mongodb-memory-server-core'], node: true },
  {
    folder: 'apps/cli',
    node: true,
    packages: [...NEST, 'reflect-metadata', 'commander', 'cli-table3'],
    project: [
      ...LIBS,
      '@app/adapters/sqlite',
      '@app/adapters/in-process',
      '@app/adapters/mongo',
      '@app/adapters/nats',
      '@app/gateway',
      '@app/directory',
      '@app/keys',
      '@app/standalone',
    ],
  },
];

/** No network and no timers of their own: their clocks and transports come in. */
const FORBIDDEN_NODE: Readonly<Record<string, RegExp>> = {
  'libs/fence': /^node:(?:net|http|https|tls|dgram|fs|timers)/,
  'libs/log': /^node:(?:net|http|https|tls|dgram|fs)/,
};

const product = sourceFiles('.ts').filter((path) => isProduct(path) || isTool(path));
const ruleOf = (path: string): Rule | undefined => RULES.find(({ folder }) => path.startsWith(`${folder}/`));
const packageOf = (module: string): string =>
  module
    .split('/')
    .slice(0, module.startsWith('@') ? 2 : 1)
    .join('/');

const isAllowed = (path: string, module: string, rule: Rule): boolean => {
  if (module.startsWith('.')) return posix.join(dirname(path), module).startsWith(`${rule.folder}/`);
  // What puts a service together as a process of its own. Elsewhere it would bring every driver into the one process, too.
  if (module === '@app/distributed') return rule.project.includes(module) && /\/(?:main|[a-z]+-process)\.ts$/.test(path);
  if (module.startsWith('@app/')) return rule.project.includes(module);
  if (module.startsWith('node:')) return rule.node && FORBIDDEN_NODE[rule.folder]?.test(module) !== true;
  return rule.packages.includes(packageOf(module));
};

describe('dependencies point inward', () => {
  it('every folder has a rule', () => {
    expect(product.filter((path) => ruleOf(path) === undefined)).toEqual([]);
  });

  it.each(RULES.map((rule) => [rule.folder, rule] as const))('%s names only what it may', (folder, rule) => {
    const files = product.filter((path) => path.startsWith(`${folder}/`));
    const wrong = files.flatMap((path) =>
      importsOf(path)
        .filter((module) => !isAllowed(path, module, rule))
        .map((module) => `${path}: ${module}`),
    );
    expect(files.length).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });
});

/** The two sides of the fence meet in its protocol alone: what one of them knows of the other travels as a message. */
const FENCE_FOLDERS: Readonly<Record<string, readonly string[]>> = { protocol: [], node: ['protocol'], authority: ['protocol'] };
const FENCE = 'libs/fence/src';

describe('the sides of the fence', () => {
  const folderOf = (path: string): string => path.slice(FENCE.length + 1).split('/', 1)[0] ?? '';

  it.each(Object.entries(FENCE_FOLDERS))('%s imports %j and itself', (folder, others) => {
    const files = product.filter((path) => path.startsWith(`${FENCE}/${folder}/`));
    const wrong = files.flatMap((path) =>
      importsOf(path)
        .filter((module) => module.startsWith('.'))
        .map((module) => folderOf(posix.join(dirname(path), module)))
        .filter((reached) => reached !== folder && !others.includes(reached))
        .map((reached) => `${path}: ${reached}`),
    );
    expect(files.length).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });
});
