import type { Metrics } from '@app/platform';
import type { ValidationCounts } from './validation-counts.js';

/** The counts of validations, reported when a scraper asks. */
export const observeValidations = (metrics: Metrics, counts: Readonly<ValidationCounts>): void => {
  metrics.counters('keyfence_validations_total', 'Validations by outcome.', 'outcome', () => {
    const { lookedUp: _, tooLarge, ...others } = counts;
    return { ...others, too_large: tooLarge };
  });
  metrics.counter('keyfence_validations_looked_up_total', 'Validations that memory alone could not answer.', () => counts.lookedUp);
};
