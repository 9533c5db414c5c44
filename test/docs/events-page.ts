import { changedNames, type DomainEvent, type EventType, PERSONAL_FIELDS, prefixOf, PUBLIC_FIELDS } from '@app/domain';
import { everyEvent } from '@test/support/log/every-event.js';
import { type EventField, eventFields } from './event-types.js';
import { code, codes, generatedNote, page, table } from './markdown.js';

const GROUPS: readonly (readonly [title: string, prefix: string, sentence: string])[] = [
  ['Environments', 'environment.', 'Written by directory.'],
  ['Users', 'user.', 'Written by directory.'],
  ['Sessions', 'session.', 'Written by directory. `refreshed` has the tag of the user when the last activity of the user moves with it.'],
  ['Organizations', 'organization.', 'Written by directory.'],
  ['Memberships', 'membership.', 'Written by directory. A membership is part of its user: a change of it is a change of the user.'],
  [
    'API keys',
    'api-key.',
    'Written by keys. `invalidated` and `reinstated` are bookkeeping for lists: what they record was so already when their cause was appended.',
  ],
  ['Backend keys', 'backend-key.', 'Written by keys.'],
  ['Registry', 'registry.', 'Written by keys: which processes may answer from memory, and for how long without news.'],
];

/** Of a tag its kind alone: ids are the sample's own. */
const kindOfTag = (tag: string): string => {
  const prefix = prefixOf(tag);
  return prefix?.endsWith('-') === true ? `${prefix}…` : tag;
};

const tagsOf = (samples: readonly DomainEvent[]): readonly string[] => [...new Set(samples.flatMap(({ tags }) => tags.map(kindOfTag)))];

const isPersonal = (field: string, personal: readonly string[]): string => {
  const inside = personal.filter((path) => path.startsWith(`${field}.`)).map((path) => path.slice(field.length + 1));
  if (personal.includes(field)) return 'yes';
  return inside.length === 0 ? '–' : `in it: ${codes(inside)}`;
};

/** Of changes the relay tells the names of the fields alone. */
const isRelayed = (field: string, shown: readonly string[]): string => {
  if (!shown.includes(field)) return '–';
  return field === 'changes' ? `names, as ${code('changed')}` : 'yes';
};

const fieldRows = (fields: readonly EventField[], personal: readonly string[], shown: readonly string[]): readonly (readonly string[])[] =>
  fields.map(({ name, type }) => [code(name), code(type), isPersonal(name, personal), isRelayed(name, shown)]);

const verdictSentence = (samples: readonly DomainEvent[]): string => {
  const names = [...new Set(samples.flatMap(changedNames).map(kindOfTag))];
  return names.length === 0 ? 'Changes no verdict.' : `A change of ${codes(names)}: acknowledged only when no validation can answer from before it.`;
};

export const eventsPage = (): string => {
  const fields = eventFields();
  const events = everyEvent();
  const section = (type: EventType): string => {
    const samples = events.filter((event) => event.type === type);
    return [
      `### ${type}`,
      `Tags: ${codes(tagsOf(samples))}. ${verdictSentence(samples)}`,
      table(['Field', 'Type', 'Personal', 'Relayed'], fieldRows(fields.get(type) ?? [], PERSONAL_FIELDS[type], PUBLIC_FIELDS[type] ?? [])),
    ].join('\n\n');
  };
  const types = Object.keys(PERSONAL_FIELDS) as EventType[];
  return page(
    generatedNote('the event types and deciders in libs/domain'),
    '# Events',
    `Every fact that the log can hold. A name is permanent: a new shape is a new version beside the old one. Times are epoch milliseconds.

- **Tags** are the entities whose rules a fact changes, and the unique things that it claims or releases. Every commit also has \`command-…\`.
- **Personal** fields hold what is about a person. They are marked so that they can be sealed per person later without another format.
- **Relayed** fields are what services of other teams get in [the event stream](events-stream.md), where there is one. Tags are never relayed.
- Hashes of tokens, addresses and passwords are HMACs or sealed: the log alone confirms no guess.`,
    ...GROUPS.flatMap(([title, prefix, sentence]) => [`## ${title}`, sentence, ...types.filter((type) => type.startsWith(prefix)).map(section)]),
  );
};
