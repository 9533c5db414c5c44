import type { UserState } from '@app/domain';
import type { DirectoryViews } from '@app/ports';

export type UserKey = 'id' | 'email' | 'username';

/** In the order of `values`; values unknown in this environment are left out. */
export const findUsers = (views: DirectoryViews, environmentId: string, by: UserKey, values: readonly string[]): Promise<readonly UserState[]> => {
  switch (by) {
    case 'id':
      return views.userById(environmentId, values);
    case 'email':
      return views.usersByEmail(environmentId, values);
    case 'username':
      return views.usersByUsername(environmentId, values);
  }
};
