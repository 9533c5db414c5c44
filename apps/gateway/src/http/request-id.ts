import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { givenRequestId } from '@app/platform';

/** The caller's own id where it is a sane one, else a new one. */
export const requestIdOf = (request: Pick<IncomingMessage, 'headers'>): string => givenRequestId(request) ?? randomBytes(16).toString('hex');
