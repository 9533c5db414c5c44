import { Refusal } from '@app/domain';
import { FenceUnavailable } from '@app/fence';

/** What the node answers; where it cannot know, the refusal UNAVAILABLE: never null, which would say that there is none. */
export const orUnavailable = async <Answer>(asked: Promise<Answer>): Promise<Answer> => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof FenceUnavailable) throw new Refusal('UNAVAILABLE', { message: error.message });
    throw error;
  }
};
