import type { ViewName, ViewRow, ViewStore } from '@app/ports';
import type { RowKey, Rows } from './projection.js';

interface Slot<Name extends ViewName> {
  /** Position of the row as the store has it; commits up to it are in the row already. */
  readonly storedPos: number;
  readonly row: ViewRow<Name> | null;
  readonly changed: boolean;
}
type Slots = { readonly [Name in ViewName]: Map<string, Slot<Name>> };

const noSlots = (): Slots => ({
  environments: new Map(),
  users: new Map(),
  organizations: new Map(),
  apiKeys: new Map(),
  backendKeys: new Map(),
});

/** The view store could not be read: the projected event is not at fault. */
export class ViewStoreFailure extends Error {
  constructor(cause: unknown) {
    super('The read models could not be read.', { cause });
    this.name = 'ViewStoreFailure';
  }
}

/** The rows of one page of commits: loaded once, folded in memory, saved once. */
export class RowBatch {
  readonly #store: ViewStore;
  readonly #slots = noSlots();

  constructor(store: ViewStore) {
    this.#store = store;
  }

  async preload(keys: readonly RowKey[]): Promise<void> {
    const idsByView = new Map<ViewName, Set<string>>();
    for (const { view, id } of keys) {
      const ids = idsByView.get(view);
      if (ids === undefined) idsByView.set(view, new Set([id]));
      else ids.add(id);
    }
    await Promise.all([...idsByView].map(([view, ids]) => this.#load(view, [...ids])));
  }

  /** Runs `apply` on the rows; its rows count only if it does not throw. */
  async take(pos: number, apply: (rows: Rows) => Promise<void> | void): Promise<void> {
    const staged = noSlots();
    await apply({
      get: async (view, id) => (staged[view].get(id) ?? (await this.#slot(view, id))).row?.state ?? null,
      put: (view, id, state) => stage(staged, this.#slots, { view, id, pos, state }),
    });
    for (const view of Object.keys(staged) as ViewName[]) merge(staged, this.#slots, view);
  }

  changed(): readonly ViewRow[] {
    return Object.values(this.#slots)
      .flatMap((slots) => [...slots.values()])
      .flatMap(({ changed, row }) => (changed && row !== null ? [row] : []));
  }

  async #slot<Name extends ViewName>(view: Name, id: string): Promise<Slot<Name>> {
    const known = this.#slots[view].get(id);
    if (known !== undefined) return known;
    await this.#load(view, [id]);
    return this.#slots[view].get(id) ?? { storedPos: 0, row: null, changed: false };
  }

  async #load<Name extends ViewName>(view: Name, ids: readonly string[]): Promise<void> {
    const rows = await this.#store.load(view, ids).catch((error: unknown) => {
      throw new ViewStoreFailure(error);
    });
    for (const id of ids) {
      const row = rows.get(id) ?? null;
      this.#slots[view].set(id, { storedPos: row?.pos ?? 0, row, changed: false });
    }
  }
}

/** A row that has taken the position before, in an earlier run or by another replica, stays as it is. */
function stage<Name extends ViewName>(staged: Slots, known: Slots, row: ViewRow<Name>): void {
  const storedPos = known[row.view].get(row.id)?.storedPos ?? 0;
  if (row.pos > storedPos) staged[row.view].set(row.id, { storedPos, row, changed: true });
}

function merge<Name extends ViewName>(from: Slots, into: Slots, view: Name): void {
  for (const [id, slot] of from[view]) into[view].set(id, slot);
}
