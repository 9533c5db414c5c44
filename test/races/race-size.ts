/** How much a run does: little within `npm test`, by arguments as much as one likes (scripts/races.mjs). */
const ofEnvironment = (name: string, fallback: number): number => Number(process.env[name] ?? fallback);

/** Validations that must have been under way at the same time as a denial. */
export const racingValidations = ofEnvironment('RACES_VALIDATIONS', 30_000);

export const seed = ofEnvironment('RACES_SEED', Date.now() % 1_000_000);

/** The other races grow too, but not as much: their rounds cost more than a validation. */
export const roundsFactor = Math.max(1, Math.min(10, Math.floor(racingValidations / 200_000)));

/** Far more than the work takes on a machine that does other work too: this ends what hangs, and judges no speed. */
export const timeoutMs = 180_000 + 5 * racingValidations;
