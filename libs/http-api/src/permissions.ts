import type { BackendKeyKind, BackendKeyRecord } from '@app/domain';

/** What a backend key can be permitted to do. People see and type these labels, and the log stores them: they never change. */
export const ALL_PERMISSIONS = [
  'Read Users',
  'Create Users',
  'Update Users',
  'Delete Users',
  'Read Organizations',
  'Create Organizations',
  'Update Organizations',
  'Update Organization Metadata',
  'Update Organization Limits',
  'Update Organization Security',
  'Update Organization Members',
  'Delete Organizations',
  'Read API Keys',
  'Create API Keys',
  'Import API Keys',
  'Update API Keys',
  'Delete API Keys',
  'Validate API Keys',
  'Validate Frontend Requests',
  'Create Access Tokens',
  /** No call needs it yet. Keys that have it will work once the confirmation calls exist. */
  'Send Email Confirmations',
] as const;
export type Permission = (typeof ALL_PERMISSIONS)[number];

const isReading = (permission: Permission): boolean => permission.startsWith('Read ');
const isValidating = (permission: Permission): boolean => permission.startsWith('Validate ');

/** Whether the key has the permission. Does not look at revocation: the caller has already checked it. */
export const permits = (key: Pick<BackendKeyRecord, 'accessKind' | 'permissions'>, permission: Permission): boolean => {
  switch (key.accessKind) {
    case 'full-access':
      return true;
    case 'read-and-validate':
      return isReading(permission) || isValidating(permission);
    case 'validation-only':
      return isValidating(permission);
    case 'custom':
      return key.permissions.includes(permission);
  }
};

export interface BackendKeyAccess {
  readonly kind: BackendKeyKind;
  /** Empty for every kind but `custom`. */
  readonly permissions: readonly Permission[];
}
export type ParsedAccess = { readonly ok: true; readonly access: BackendKeyAccess } | { readonly ok: false; readonly problem: string };

const WHOLE_KINDS = ['full-access', 'read-and-validate', 'validation-only'] as const;
const permissionLabelled = (label: string): Permission | undefined => ALL_PERMISSIONS.find((permission) => permission.toLowerCase() === label.toLowerCase());

/** Reads `full-access`, `read-and-validate`, `validation-only` or labels like `Read Users,Create Users`; case does not matter. */
export const parseAccess = (text: string): ParsedAccess => {
  const kind = WHOLE_KINDS.find((whole) => whole === text.trim().toLowerCase());
  if (kind !== undefined) return { ok: true, access: { kind, permissions: [] } };
  const labels = text
    .split(',')
    .map((label) => label.trim())
    .filter((label) => label !== '');
  if (labels.length === 0) return { ok: false, problem: `Give ${WHOLE_KINDS.join(', ')}, or permissions separated by commas.` };
  const unknown = labels.filter((label) => permissionLabelled(label) === undefined);
  if (unknown.length > 0) {
    return { ok: false, problem: `There is no permission ${unknown.map((label) => `"${label}"`).join(', ')}. There are: ${ALL_PERMISSIONS.join(', ')}.` };
  }
  const permissions = ALL_PERMISSIONS.filter((permission) => labels.some((label) => permissionLabelled(label) === permission));
  return { ok: true, access: { kind: 'custom', permissions } };
};
