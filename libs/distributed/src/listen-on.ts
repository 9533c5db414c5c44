import type { Server } from 'node:http';
import { listeningProblem } from '@app/platform';
import type { HttpSettings } from './service-settings.js';

/** A sentence for the operator where listening went wrong. */
export const listeningProblemOf = (error: unknown, { host, port }: HttpSettings): Error => listeningProblem(error, host, port, { host: 'HOST', port: 'PORT' });

export const listenOn = async (server: Server, settings: HttpSettings): Promise<void> => {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ host: settings.host, port: settings.port }, () => {
        server.removeListener('error', reject);
        resolve();
      });
    });
  } catch (error) {
    throw listeningProblemOf(error, settings);
  }
};
