import jspb from 'google-protobuf';

/** Bytes of a varint at most: of a tag or a length, and of a value. */
const SHORT_VARINT = 5;
const VARINT = 10;

/** A generated message class. */
export interface MessageClass<Message> {
  new (): Message;
  deserializeBinaryFromReader(message: Message, reader: jspb.BinaryReader): Message;
}

/** Parses a message of a client. Throws a RangeError if a field is longer than the message that contains it, or is a group. */
export function parseRequest<Message>(type: MessageClass<Message>, bytes: Uint8Array): Message {
  return type.deserializeBinaryFromReader(new type(), new BoundedReader(bytes));
}

/**
 * Checks the fields of a message before they are read, at each level. google-protobuf 3.21.4 itself checks them only in part: it never returned from
 * some invalid messages, so that one of them stopped the whole server.
 */
export class BoundedReader extends jspb.BinaryReader {
  override readonly readMessage: jspb.BinaryReader['readMessage'] = (message, read) => {
    const start = this.getCursor();
    const { value, next } = varint(this.getBuffer(), start, SHORT_VARINT);
    checkFields(this.getBuffer(), next, next + value);
    jspb.BinaryReader.prototype.readMessage.call(this, message, read);
  };

  constructor(bytes: Uint8Array) {
    checkFields(bytes, 0, bytes.length);
    super(bytes);
  }
}

/** Throws a RangeError unless the bytes from `start` to `end` are whole fields. Embedded messages are not entered. */
function checkFields(bytes: Uint8Array, start: number, end: number): void {
  let at = start;
  while (at < end) {
    const { value: tag, next } = varint(bytes, at, SHORT_VARINT);
    at = endOfValue(bytes, next, tag % 8);
  }
  if (at !== end || end > bytes.length) throw new RangeError('a field is longer than its message');
}

function endOfValue(bytes: Uint8Array, start: number, wireType: number): number {
  switch (wireType) {
    case 0:
      return varint(bytes, start, VARINT).next;
    case 1:
      return start + 8;
    case 2: {
      const { value, next } = varint(bytes, start, SHORT_VARINT);
      return next + value;
    }
    case 5:
      return start + 4;
    default:
      throw new RangeError(`a field has the wire type ${wireType}, which no message of this protocol uses`);
  }
}

function varint(
  bytes: Uint8Array,
  start: number,
  size: number,
): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let index = 0; index < size; index += 1) {
    const byte = bytes[start + index];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, next: start + index + 1 };
  }
  throw new RangeError('a number is longer than its message, or than 64 bits');
}
