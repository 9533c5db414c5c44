import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../project-folder.js';
import { cacheKey } from './server-cache.js';

export const NATS_VERSION = '2.15.2';
export const MONGOD_VERSION = '8.2.6';

const stackFile = (name: string): string => join(projectFolder(), 'tools/stack', name);

export const FERRETDB_SOURCES = stackFile('ferretdb');
export const SECANTUSDB_REQUIREMENTS = stackFile('secantusdb/requirements.txt');
export const SECANTUSDB_CONFIG = stackFile('secantusdb/secantusd.toml');

const versionIn = (file: string, pin: RegExp): string => {
  const version = pin.exec(readFileSync(file, 'utf8'))?.[1];
  if (version === undefined) throw new Error(`${file} pins no version.`);
  return version;
};

/** Under which key each server lies in the cache. The files that pin one are part of its key. */
export const pinnedKey = {
  'nats-server': (): string => cacheKey('nats-server', NATS_VERSION),
  mongod: (): string => cacheKey('mongod', MONGOD_VERSION),
  secantusdb: (): string => cacheKey('secantusdb', versionIn(SECANTUSDB_REQUIREMENTS, /^secantusdb==(\S+)/m), [SECANTUSDB_REQUIREMENTS]),
  ferretdb: (): string => {
    const [module, sums, main] = ['go.mod', 'go.sum', 'main.go'].map((name) => join(FERRETDB_SOURCES, name));
    return cacheKey('ferretdb', versionIn(String(module), /FerretDB\/FerretDB v(\S+)/), [module, sums, main].map(String));
  },
} as const;
