import type { ViewName, ViewRows } from '@app/ports';
import type { DecodedCommit } from './codec.js';

/** The rows a projection may read and write while it takes one commit. */
export interface Rows {
  /** The row as earlier commits of the same page left it. */
  get<Name extends ViewName>(view: Name, id: string): Promise<ViewRows[Name] | null>;
  /** Written with the commit's position; ignored if the row already contains that position, so that repeating is harmless. */
  put<Name extends ViewName>(view: Name, id: string, state: ViewRows[Name]): void;
}

export interface RowKey {
  readonly view: ViewName;
  readonly id: string;
}

/** What the log's commits mean for a read model. Its position and its rows are saved together. */
export interface Projection {
  readonly name: string;
  /** A higher version starts again from the first commit. */
  readonly version: number;
  readonly views: readonly ViewName[];
  /** The rows that `apply` will ask for: loaded for a whole page of commits at once. */
  reads?(commit: DecodedCommit): readonly RowKey[];
  /** Called again from the start if it throws: it must only call `get` and `put`. */
  apply(commit: DecodedCommit, rows: Rows): Promise<void> | void;
}
