import type { DomainEvent, Placed } from '../events.js';
import type { EnvironmentState } from '../states.js';

/** The fold of an `env-` tag. */
export const evolveEnvironment = (state: EnvironmentState | null, event: DomainEvent, placed: Placed): EnvironmentState | null => {
  switch (event.type) {
    case 'environment.created.v1':
      return state ?? { ...event.data, createdAtMs: placed.at };
    case 'environment.settings-changed.v1':
      if (state?.environmentId !== event.data.environmentId) return state;
      return { ...state, settings: { ...state.settings, ...event.data.changes } };
    default:
      return state;
  }
};
