const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const KEY_ID = /^[0-9a-f]{32}$/;

const EITHER_CASE = '[0-9a-fA-F]';
/** What `parseUuid` and `parseKeyId` accept, as patterns for a schema. */
export const UUID_PATTERN = `^${EITHER_CASE}{8}-(?:${EITHER_CASE}{4}-){3}${EITHER_CASE}{12}$`;
export const KEY_ID_PATTERN = `^${EITHER_CASE}{32}$`;

/** The id as it is stored, whatever its case in the request. Null if it is malformed. */
export const parseUuid = (text: string): string | null => {
  const id = text.toLowerCase();
  return UUID.test(id) ? id : null;
};
export const parseKeyId = (text: string): string | null => {
  const id = text.toLowerCase();
  return KEY_ID.test(id) ? id : null;
};
