import type { Meta } from '@app/contracts';
import type { Command } from '@app/log';

/** What every command takes over from its message. */
export const commandOf = ({ commandId, actor, leftMs }: Meta): Pick<Command, 'commandId' | 'actor' | 'deadlineMs'> => ({
  commandId, actor, deadlineMs: leftMs,
});
