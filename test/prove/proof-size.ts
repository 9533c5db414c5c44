/** How much a run does: the list of faults once within `npm test`, and then random combinations for as long as one likes. */
export const proofSeed = Number(process.env['PROVE_SEED'] ?? Date.now() % 1_000_000);

/** At least; the faults of the list take what they take. */
export const proofMinutes = Number(process.env['PROVE_MINUTES'] ?? 0);

/** Far more than it takes on a machine that does nothing else: this ends what hangs. */
export const PROOF_TIMEOUT_MS = (30 + proofMinutes) * 60_000;

export const say = (text: string): void => void process.stdout.write(`${text}\n`);
