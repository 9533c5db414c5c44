import { once } from 'node:events';
import type { Server } from 'node:net';
import { BadSettings } from './settings/settings-reader.js';

/** Which settings say where a server listens. */
export interface ListeningSettings {
  readonly host: string;
  readonly port: string;
}

/** Where the server listens, as a person types it. */
export const addressOf = (server: Server): string => {
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('This server does not listen on a port.');
  const host = at.family === 'IPv6' ? `[${at.address}]` : at.address;
  return `http://${host === '0.0.0.0' || host === '[::]' ? '127.0.0.1' : host}:${at.port}`;
};

/** Throws with a sentence for the operator. */
export const listenOn = async (server: Server, host: string, port: number, settings: ListeningSettings): Promise<void> => {
  try {
    await opened(server, host, port);
  } catch (error) {
    throw listeningProblem(error, host, port, settings);
  }
};

/** For a default port: where it is taken, the server takes a free one. Resolves to whether it got the default. */
export const listenOnDefault = async (server: Server, host: string, port: number, settings: ListeningSettings): Promise<boolean> => {
  try {
    await opened(server, host, port);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') throw listeningProblem(error, host, port, settings);
    await listenOn(server, host, 0, settings);
    return false;
  }
};

const opened = (server: Server, host: string, port: number): Promise<unknown> => once(server.listen({ host, port }), 'listening');

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** One sentence for the ways in which listening goes wrong. */
export const listeningProblem = (error: unknown, host: string, port: number, settings: ListeningSettings): Error => {
  const code = codeOf(error);
  if (code === 'EADDRINUSE') return new BadSettings([`Port ${port} is in use. Stop what listens there, or set ${settings.port} to another.`]);
  if (code === 'EACCES') return new BadSettings([`Port ${port} needs more rights than this process has. Set ${settings.port} to one above 1023.`]);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new BadSettings([`This machine has no address "${host}". Set ${settings.host} to one that it has.`]);
  }
  return error instanceof Error ? error : new Error(String(error));
};
