/** The jobs of a hash thread. Passwords are sent as plain text: a thread shares the memory of its process. */
export type HashJob = { readonly kind: 'hash'; readonly password: string } | { readonly kind: 'verify'; readonly hash: string; readonly password: string };

/** The encoded hash, or whether the password is the one of the hash. */
export type HashResult = string | boolean;

export type HashReply = { readonly ok: true; readonly result: HashResult } | { readonly ok: false; readonly message: string };
