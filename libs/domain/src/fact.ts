/**
 * Every fact the log can hold. Names are permanent: a new shape is a new `.v2` beside the old one.
 * Times are epoch milliseconds; `…Tag` fields are log tags that this fact claims or releases.
 */
export interface Fact<Type extends string, Data> {
  readonly type: Type;
  /** The entities whose rules this fact changes (`user-<id>`, `org-<id>`, …), and the unique things it claims. */
  readonly tags: readonly string[];
  readonly data: Data;
}
