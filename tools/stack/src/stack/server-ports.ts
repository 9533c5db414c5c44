import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../servers/free-port.js';
import type { ServerName } from './service-environment.js';

const NAMES: readonly ServerName[] = ['nats', 'mongo', 'redis'];

/** The ports of this folder's servers, the same at every start: a replica set of MongoDB knows its member by its port. */
export const serverPorts = async (dataDir: string): Promise<Readonly<Record<ServerName, number>>> => {
  const path = join(dataDir, 'ports.json');
  if (existsSync(path)) return portsIn(path);
  const ports: Record<ServerName, number> = { nats: 0, mongo: 0, redis: 0 };
  for (const name of NAMES) ports[name] = await freePort();
  writeFileSync(path, `${JSON.stringify(ports)}\n`);
  return ports;
};

const portsIn = (path: string): Readonly<Record<ServerName, number>> => {
  const read = JSON.parse(readFileSync(path, 'utf8')) as Partial<Record<ServerName, unknown>>;
  const portOf = (name: ServerName): number => {
    const port = read[name];
    if (typeof port !== 'number' || !Number.isInteger(port)) throw new Error(`${path} has no port for ${name}. Remove it to choose new ones.`);
    return port;
  };
  return { nats: portOf('nats'), mongo: portOf('mongo'), redis: portOf('redis') };
};
