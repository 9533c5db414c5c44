const INT32 = 0x10;
const STRING = 0x02;
const DOCUMENT = 0x03;
const ARRAY = 0x04;
const OP_MSG = 2013;
const HEADER_BYTES = 16;

export type CommandValue = number | string | readonly CommandDocument[] | CommandDocument;
export interface CommandDocument {
  readonly [name: string]: CommandValue;
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};

const isList = (value: CommandValue): value is readonly CommandDocument[] => Array.isArray(value);

const element = (name: string, value: CommandValue): Buffer => {
  const named = (type: number, content: Buffer): Buffer => Buffer.concat([Buffer.from([type]), Buffer.from(`${name}\0`), content]);
  if (typeof value === 'number') return named(INT32, int32(value));
  if (typeof value === 'string') return named(STRING, Buffer.concat([int32(Buffer.byteLength(value) + 1), Buffer.from(`${value}\0`)]));
  if (isList(value)) return named(ARRAY, documentBytes(Object.fromEntries(value.map((item, index) => [String(index), item]))));
  return named(DOCUMENT, documentBytes(value));
};

const documentBytes = (document: CommandDocument): Buffer => {
  const content = Buffer.concat(Object.entries(document).map(([name, value]) => element(name, value)));
  return Buffer.concat([int32(content.length + 5), content, Buffer.from([0])]);
};

/** A command as the bytes of one message: enough of the protocol to ask a server whether it is there, without a driver. */
export const commandMessage = (command: CommandDocument): Buffer => {
  const body = Buffer.concat([int32(0), Buffer.from([0]), documentBytes(command)]);
  return Buffer.concat([int32(HEADER_BYTES + body.length), int32(1), int32(0), int32(OP_MSG), body]);
};

export const isWholeMessage = (bytes: Buffer): boolean => bytes.length >= HEADER_BYTES && bytes.length >= bytes.readInt32LE(0);

/** Whether the answer has this field with the value true. */
export const saysTrue = (answer: Buffer, field: string): boolean => answer.includes(Buffer.from(`\x08${field}\0\x01`, 'latin1'));
