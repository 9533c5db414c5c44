/** Every time on the wire is whole Unix seconds; the Rust client parses nothing else. */
export const toSeconds = (ms: number): number => Math.floor(ms / 1000);
export const toSecondsOrNull = (ms: number | null): number | null => (ms === null ? null : toSeconds(ms));
