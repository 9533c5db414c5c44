import type { EnvironmentSettings } from './environment-settings.js';
import type { UserProfile } from './events.js';

/** What is left to do after the right password. */
export type LoginState = 'Finished' | 'ConfirmEmailRequired' | 'UpdatePasswordRequired';

/** The environment asks for a confirmed address, and this user's is not. */
export const mustConfirmEmail = ({ emailConfirmed }: { readonly emailConfirmed: boolean }, { emailConfirmationRequired }: EnvironmentSettings): boolean =>
  emailConfirmationRequired && !emailConfirmed;

export const loginStateOf = (user: { readonly emailConfirmed: boolean; readonly profile: UserProfile }, settings: EnvironmentSettings): LoginState => {
  if (mustConfirmEmail(user, settings)) return 'ConfirmEmailRequired';
  return user.profile.updatePasswordRequired ? 'UpdatePasswordRequired' : 'Finished';
};
