import { foldFor, tags } from '@app/domain';
import type { DomainEvent, Fold, LogPosition } from '@app/domain';
import type { ViewName, ViewRows } from '@app/ports';
import type { DecodedCommit } from './codec.js';
import type { Projection, RowKey, Rows } from './projection.js';

/** A view to keep. Its rows are states as the log folds them. */
export type EntityOption<Names extends ViewName = ViewName> = {
  [Name in Names]: {
    readonly view: Name;
    /**
     * Takes secrets out of a state before it is stored. Folding continues from the redacted row, so the removed fields must not
     * affect any other field, and redacting twice must equal redacting once.
     */
    readonly redact?: (state: ViewRows[Name]) => ViewRows[Name];
  };
}[Names];

const PREFIX: { readonly [Name in ViewName]: string } = {
  users: tags.user(''),
  organizations: tags.org(''),
  environments: tags.env(''),
  apiKeys: tags.key(''),
  backendKeys: tags.backendKey(''),
};

const FOLD: { readonly [Name in ViewName]: (tag: string) => Fold<ViewRows[Name] | null> } = {
  users: (tag) => foldFor('user-', tag),
  organizations: (tag) => foldFor('org-', tag),
  environments: (tag) => foldFor('env-', tag),
  apiKeys: (tag) => foldFor('key-', tag),
  backendKeys: (tag) => foldFor('backendkey-', tag),
};

/** Keeps a row per entity that a commit's tags name: the row at a position is the fold of the entity's tag up to it. */
export function entityProjection(name: string, version: number, entities: readonly EntityOption[]): Projection {
  return {
    name,
    version,
    views: entities.map(({ view }) => view),
    reads: (commit) => entities.flatMap(({ view }) => keysOf(view, commit)),
    async apply(commit, rows) {
      const events = eventsByTag(commit);
      for (const entity of entities) await foldEntity(entity, commit, events, rows);
    },
  };
}

type EventsByTag = ReadonlyMap<string, readonly DomainEvent[]>;

/** Grouped once: a chunk of a cascade has five hundred tags and as many events, and each tag's fold needs only its own. */
const eventsByTag = ({ events }: DecodedCommit): EventsByTag => {
  const byTag = new Map<string, DomainEvent[]>();
  for (const event of events) {
    for (const tag of event.tags) {
      const known = byTag.get(tag);
      if (known === undefined) byTag.set(tag, [event]);
      else known.push(event);
    }
  }
  return byTag;
};

const keysOf = <Name extends ViewName>(view: Name, commit: DecodedCommit): (RowKey & { readonly view: Name })[] =>
  commit.tags.filter((tag) => tag.startsWith(PREFIX[view])).map((tag) => ({ view, id: tag.slice(PREFIX[view].length) }));

async function foldEntity<Name extends ViewName>({ view, redact }: EntityOption<Name>, commit: DecodedCommit, events: EventsByTag, rows: Rows): Promise<void> {
  for (const { id } of keysOf(view, commit)) {
    const before = await rows.get(view, id);
    const tag = PREFIX[view] + id;
    const state = evolved(FOLD[view](tag), before, events.get(tag) ?? [], commit);
    if (state !== null && state !== before) rows.put(view, id, redact === undefined ? state : redact(state));
  }
}

function evolved<State>(fold: Fold<State | null>, before: State | null, events: readonly DomainEvent[], placed: LogPosition): State | null {
  return events.reduce((state, event) => fold.evolve(state, event, placed), before ?? fold.initial);
}
