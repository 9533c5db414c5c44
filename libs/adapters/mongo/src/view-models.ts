import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import type { ViewName } from '@app/ports';

/** A row as it is stored. Everything but the id lies in one field, in this order, because `$max` compares it field by field. */
export interface StoredRow {
  readonly _id: string;
  readonly row: {
    /** Of the projection that folded the state. */
    readonly version: number;
    readonly pos: number;
    readonly environmentId: string;
    /** The state as JSON text: so that the rules of BSON never apply to users' input. */
    readonly state: string;
  };
}

/** The position of a projection. */
export interface StoredProjection {
  readonly _id: string;
  readonly version: number;
  readonly pos: number;
  /** The views that it has written rows of. */
  readonly views: readonly ViewName[];
}

export interface ViewModels {
  readonly rows: Readonly<Record<ViewName, Model<StoredRow>>>;
  readonly projections: Model<StoredProjection>;
}

export const COLLECTIONS: Readonly<Record<ViewName, string>> = {
  environments: 'environments',
  users: 'users',
  organizations: 'organizations',
  apiKeys: 'api_keys',
  backendKeys: 'backend_keys',
};
export const VIEWS = Object.keys(COLLECTIONS) as readonly ViewName[];

const text = { type: String } as const;
const number = { type: Number } as const;
const flag = { type: Boolean } as const;
const texts = { type: [String], default: undefined } as const;

const COLUMNS = {
  environments: { createdAt: number },
  users: {
    deleted: flag,
    email: text,
    username: text,
    unnamed: flag,
    legacyId: text,
    createdAt: number,
    lastActiveAt: number,
    orgs: texts,
    roles: texts,
  },
  organizations: { deleted: flag, name: text, legacyId: text, domain: text, createdAt: number },
  apiKeys: { userId: text, orgId: text, creatorId: text, issuedPos: number, createdAt: number, ended: flag, expiresAt: number, endsAt: number },
  backendKeys: { createdAt: number },
} as const;

const OPTIONS = { versionKey: false, strict: 'throw', minimize: false, autoIndex: false, autoCreate: false } as const;

const rowSchema = (view: ViewName) =>
  new Schema(
    { _id: text, row: { version: number, pos: number, environmentId: text, ...COLUMNS[view], state: text } },
    { ...OPTIONS, collection: COLLECTIONS[view] },
  );
const projectionSchema = new Schema({ _id: text, version: number, pos: number, views: [text] }, { ...OPTIONS, collection: 'projections' });

/** The connection's own models: nothing is registered with mongoose itself, so two connections never share one. */
export function viewModels(views: Connection): ViewModels {
  const modelOf = (name: string, schema: () => Schema): unknown => views.models[name] ?? views.model(name, schema());
  const rowsOf = (view: ViewName) => modelOf(view, () => rowSchema(view)) as Model<StoredRow>;
  return {
    rows: {
      environments: rowsOf('environments'),
      users: rowsOf('users'),
      organizations: rowsOf('organizations'),
      apiKeys: rowsOf('apiKeys'),
      backendKeys: rowsOf('backendKeys'),
    },
    projections: modelOf('projections', () => projectionSchema) as Model<StoredProjection>,
  };
}
