import { notFound } from './refusal.js';

interface InEnvironment {
  readonly environmentId: string;
}
/** An environment cannot be deleted; users and organizations can, and their state stays. */
interface Deletable extends InEnvironment {
  readonly deleted?: boolean;
}

/** The state, if it is of that environment: an entity of another environment looks exactly like one that does not exist. */
export const within = <State extends InEnvironment>(environmentId: string, state: State | null): State | null =>
  state?.environmentId === environmentId ? state : null;

/** The state, if it is of that environment and not deleted. */
export const living = <State extends Deletable>(environmentId: string, state: State | null): State | null =>
  state?.deleted === true ? null : within(environmentId, state);

/** The same for a command that needs the entity: refuses with NOT_FOUND. */
export const existing = <State extends Deletable>(environmentId: string, state: State | null): State => {
  const found = living(environmentId, state);
  if (found === null) throw notFound();
  return found;
};
