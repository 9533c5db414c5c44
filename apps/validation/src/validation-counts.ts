/** How validations ended, since the process started. Plain numbers, for metrics to read. */
export class ValidationCounts {
  valid = 0;
  invalid = 0;
  limited = 0;
  malformed = 0;
  unauthorized = 0;
  forbidden = 0;
  tooLarge = 0;
  unavailable = 0;
  failed = 0;
  /** The validations that memory alone could not answer. */
  lookedUp = 0;
}
