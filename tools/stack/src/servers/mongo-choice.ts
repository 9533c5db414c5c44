/** What can serve for MongoDB, best first. */
export const MONGO_CHOICES = ['mongod', 'secantusdb', 'ferretdb'] as const;
export type MongoChoice = (typeof MONGO_CHOICES)[number];

export interface MongoCapabilities {
  /** One that is not MongoDB itself: its times say nothing about MongoDB's. */
  readonly isStandIn: boolean;
  /** Without them two processes that project into the same documents undo each other's guard by position. */
  readonly hasAtomicUpdates: boolean;
  /** Whether a query other than by `_id` is served by its index, in place of a look at every document. */
  readonly usesIndexes: boolean;
  /** Whether its files hold what is stored as it is, so that a search of them finds it. */
  readonly storesPlainText: boolean;
}

interface MongoKind {
  readonly name: string;
  readonly capabilities: MongoCapabilities;
}

export const MONGO_KINDS: Readonly<Record<MongoChoice, MongoKind>> = {
  mongod: { name: 'mongod', capabilities: { isStandIn: false, hasAtomicUpdates: true, usesIndexes: true, storesPlainText: false } },
  secantusdb: { name: 'SecantusDB', capabilities: { isStandIn: true, hasAtomicUpdates: true, usesIndexes: true, storesPlainText: true } },
  ferretdb: { name: 'FerretDB', capabilities: { isStandIn: true, hasAtomicUpdates: false, usesIndexes: false, storesPlainText: true } },
};

/** Which one a server is, by its name. */
export const mongoChoiceOf = ({ name }: { readonly name: string }): MongoChoice => {
  const choice = MONGO_CHOICES.find((known) => MONGO_KINDS[known].name === name);
  if (choice === undefined) throw new Error(`${name} does not serve for MongoDB.`);
  return choice;
};

export const mongoCapabilities = (server: { readonly name: string }): MongoCapabilities => MONGO_KINDS[mongoChoiceOf(server)].capabilities;

const isChoice = (text: string): text is MongoChoice => MONGO_CHOICES.some((choice) => choice === text);

/** The one that `STACK_MONGO` asks for, or null. */
export const askedMongo = (): MongoChoice | null => {
  const asked = process.env['STACK_MONGO'] ?? '';
  if (asked === '') return null;
  if (!isChoice(asked)) throw new Error(`STACK_MONGO must be mongod, secantusdb or ferretdb, not "${asked}".`);
  return asked;
};
