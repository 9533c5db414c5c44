import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ViewsFile } from '@app/adapters/sqlite';
import { redactEnvironment, redactUser } from '@app/domain';
import type { ViewName, ViewRows } from '@app/ports';
import type { FoldedAt, LogBook } from './crash-log-book.js';

const TABLES = {
  users: 'users',
  organizations: 'organizations',
  environments: 'environments',
  apiKeys: 'api_keys',
  backendKeys: 'backend_keys',
} as const satisfies Readonly<Record<ViewName, string>>;
const VIEWS_OF = { directory: ['users', 'organizations', 'environments'], keys: ['apiKeys', 'backendKeys'] } as const satisfies Readonly<
  Record<string, readonly ViewName[]>
>;

interface StoredRow {
  readonly id: string;
  readonly pos: number;
  readonly state: string;
}

export interface ViewsVerdict {
  readonly problem: string | null;
  /** How far behind the log the rows were when the server died. */
  readonly behind: number;
}

/** Holds the rows of images against the log: at the position where each projection stands, not where it will be once it has caught up. */
export class ViewsCheck {
  /** Rows that were right before, as text: thousands of them have not changed since. */
  readonly #known = new Map<string, string>();

  constructor(private readonly book: LogBook) {}

  look(imageDir: string): ViewsVerdict {
    const file = new ViewsFile(join(imageDir, 'views.db'));
    try {
      const stored = file.all<{ readonly name: string; readonly pos: number }>('SELECT name, pos FROM projections');
      const positions = new Map(stored.map(({ name, pos }) => [name, pos]));
      const problems = Object.entries(VIEWS_OF).flatMap(([projection, views]) =>
        views.map((view) => this.#problemOf(file, view, positions.get(projection) ?? 0)),
      );
      const ahead = stored.find(({ pos }) => pos > this.book.headPos);
      if (ahead !== undefined) problems.push(`${ahead.name} stands at ${ahead.pos}, the log at ${this.book.headPos}.`);
      const slowest = Math.min(...Object.keys(VIEWS_OF).map((projection) => positions.get(projection) ?? 0));
      return { problem: problems.find((problem) => problem !== null) ?? null, behind: this.book.headPos - slowest };
    } finally {
      file.close();
    }
  }

  #problemOf(file: ViewsFile, view: ViewName, position: number): string | null {
    const states: ReadonlyMap<string, readonly FoldedAt[]> = this.book.states.get(view) ?? new Map();
    const rows = file.all<StoredRow>(`SELECT id, pos, state FROM ${TABLES[view]}`);
    const wrong = rows.map((row) => this.#rowProblem(view, row, states.get(row.id) ?? [])).find((problem) => problem !== null);
    return wrong ?? missedBy(view, new Map(rows.map(({ id, pos }) => [id, pos])), states, position);
  }

  #rowProblem(view: ViewName, { id, pos, state }: StoredRow, states: readonly FoldedAt[]): string | null {
    const name = `${view} ${id} ${pos}`;
    if (this.#known.get(name) === state) return null;
    const expected = states.find((one) => one.pos === pos);
    if (expected === undefined) return `The row ${id} of ${view} stands at ${pos}, where nothing changed it.`;
    const shown = JSON.stringify(asShown(view, expected.state));
    if (!isDeepStrictEqual(JSON.parse(state), JSON.parse(shown))) return `The row ${id} of ${view} at ${pos} is ${state}, the log says ${shown}.`;
    this.#known.set(name, state);
    return null;
  }
}

/** Rows are written before their position: they may be ahead of it, never behind. */
const missedBy = (view: ViewName, rows: ReadonlyMap<string, number>, states: ReadonlyMap<string, readonly FoldedAt[]>, position: number): string | null => {
  for (const [id, known] of states) {
    const last = known.findLast(({ pos }) => pos <= position);
    const pos = rows.get(id) ?? 0;
    if (last !== undefined && pos < last.pos) return `${view} stands at ${position}, but its row ${id} is at ${pos} and has missed ${last.pos}.`;
  }
  return null;
};

const asShown = (view: ViewName, state: unknown): unknown => {
  if (view === 'users') return redactUser(state as ViewRows['users']);
  return view === 'environments' ? redactEnvironment(state as ViewRows['environments']) : state;
};
