/**
 * Every fact the log can hold. Names are permanent: a new shape is a `.v2`, and the old one stays.
 * Times are epoch milliseconds; `…Tag` fields are log tags that this fact claims or releases.
 */
export interface Fact<Type extends string, Data> {
  readonly type: Type;
  /** The entities whose rules this fact changes (`user-<id>`, `org-<id>`, …), and the unique things it claims. */
  readonly tags: readonly string[];
  readonly data: Data;
}

/** What a fact does to unique things. A null entry means that the entity does not have the thing, such as a user name. */
export interface ClaimChange {
  /** The id, or for a token the name, of the entity that claims and releases. */
  readonly holder: string;
  readonly claims: readonly (string | null)[];
  readonly releases: readonly (string | null)[];
}

/** A field of the data, or a field inside one: `email`, `profile.firstName`. */
type PathOf<Data> = {
  [Field in keyof Data & string]: Field | (Data[Field] extends object ? `${Field}.${keyof Data[Field] & string}` : never);
}[keyof Data & string];

/** The properties of a type of event, except how states fold it. */
export interface EventDeclaration<Data> {
  /**
   * The names that the fence must treat as changed; null if there are none. Creating something changes no cached name: absence is not cached. The one
   * exception is "no environment has this host", which is. If a name is missing here, a revoked key keeps working.
   */
  readonly changes: ((data: Data) => readonly string[]) | null;
  /** The paths of personal data, so that a codec can later seal it under a key per subject and nothing else must change. */
  readonly personal: readonly PathOf<Data>[];
  /** The fields that other teams see; null if they see nothing of it. All other fields stay private: tags and hashes, sealed values, peppers, epochs. */
  readonly public: readonly (keyof Data & string)[] | null;
  /** The unique things that the event claims and releases; null if there are none. */
  readonly claims: ((data: Data) => ClaimChange) | null;
}

/** One declaration for each type of event. A new type compiles only with a declaration that decides about all of it. */
export type EventTable<Event extends Fact<string, unknown>> = {
  readonly [Type in Event['type']]: EventDeclaration<Extract<Event, { type: Type }>['data']>;
};

/** The paths to several fields of one object: for personal data in a profile. */
export const under = <Field extends string, Name extends string>(field: Field, names: readonly Name[]): readonly `${Field}.${Name}`[] =>
  names.map((name) => `${field}.${name}` as const);
