interface Activatable {
  readonly activatedAtMs: number | null;
  readonly retiredAtMs: number | null;
}

/** The key that signs now: activated and not retired. There is always one, because only activating another retires it. */
export const activeSigningKey = <Key extends Activatable>({ signingKeys }: { readonly signingKeys: readonly Key[] }): Key => {
  const active = signingKeys.find(({ activatedAtMs, retiredAtMs }) => activatedAtMs !== null && retiredAtMs === null);
  if (active === undefined) throw new Error('An environment has no active signing key.');
  return active;
};
