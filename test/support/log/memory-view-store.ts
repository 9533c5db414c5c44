import { ViewStore } from '@app/ports';
import type { ViewName, ViewRow } from '@app/ports';

/** Read models without a store, with counters and a fault for tests of the projection runner. */
export class MemoryViewStore extends ViewStore {
  loads = 0;
  saves = 0;
  /** The next save writes its rows and then fails, as a kill between rows and position would. */
  dieBeforePosition = false;
  readonly #positions = new Map<string, number>();
  readonly #rows = new Map<string, ViewRow>();

  async position(projection: string, version: number): Promise<number> {
    return this.#positions.get(`${projection} ${version}`) ?? 0;
  }

  async load<Name extends ViewName>(view: Name, ids: readonly string[]): Promise<ReadonlyMap<string, ViewRow<Name>>> {
    this.loads += 1;
    return new Map(ids.flatMap((id) => this.row(view, id) ?? []).map((row) => [row.id, row]));
  }

  async save(projection: string, version: number, uptoPos: number, rows: readonly ViewRow[]): Promise<void> {
    this.saves += 1;
    for (const row of rows) {
      const key = `${row.view} ${row.id}`;
      if (row.pos >= (this.#rows.get(key)?.pos ?? 0)) this.#rows.set(key, row);
    }
    if (this.dieBeforePosition) {
      this.dieBeforePosition = false;
      throw new Error('killed');
    }
    this.#positions.set(`${projection} ${version}`, uptoPos);
  }

  async close(): Promise<void> {}

  row<Name extends ViewName>(view: Name, id: string): ViewRow<Name> | undefined {
    const row = this.#rows.get(`${view} ${id}`);
    return row === undefined ? undefined : (row as ViewRow<Name>);
  }
}
