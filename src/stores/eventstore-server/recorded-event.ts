import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import {
  decodePayload,
  isEnveloped,
  TOMBSTONE_REVISION,
  TOMBSTONE_TYPE,
} from '#src/engine/event-store/index.js';
import { uuidBits } from './names.js';
import { sizeOfVarint, writeBigVarint, writeVarint } from './varint.js';

/** Revision of a tombstone in the protocol: the largest int64. */
const LAST_REVISION = 0x7fff_ffff_ffff_ffffn;

const LENGTH = 2;
const VARINT = 0;
const tag = (field: number, wireType: number): number => field * 8 + wireType;

const JSON_TYPE = 'application/json';
const OCTETS_TYPE = 'application/octet-stream';

export function eventMessage(
  event: RecordedEvent | undefined,
  link: RecordedEvent | undefined,
  structuredIds: boolean,
): Buffer {
  const parts: Part[] = [];
  if (event !== undefined) parts.push(measured(1, event, structuredIds));
  if (link !== undefined) parts.push(measured(2, link, structuredIds));
  const original = link ?? event;
  const position = original === undefined ? undefined : Number(original.position);
  let size = position === undefined ? 0 : 1 + sizeOfVarint(position);
  for (const part of parts) size += sizeOfField(part.size);
  const buffer = Buffer.allocUnsafe(sizeOfField(size));
  let at = writeHead(buffer, 0, 1, size);
  for (const part of parts) at = writeRecorded(buffer, at, part);
  if (position !== undefined) {
    buffer[at] = tag(3, VARINT);
    writeVarint(buffer, at + 1, position);
  }
  return buffer;
}

interface Part {
  readonly field: number;
  readonly event: RecordedEvent;
  readonly structuredId: { readonly most: bigint; readonly least: bigint } | undefined;
  readonly idSize: number;
  readonly streamSize: number;
  readonly typeSize: number;
  readonly created: string;
  readonly contentType: string;
  readonly data: string | Uint8Array;
  readonly dataSize: number;
  readonly metadata: string | Uint8Array;
  readonly metadataSize: number;
  readonly isTombstone: boolean;
  readonly size: number;
}

function measured(field: number, event: RecordedEvent, structuredIds: boolean): Part {
  const structuredId = structuredIds ? uuidBits(event.id) : undefined;
  const idSize =
    structuredId === undefined
      ? sizeOfField(event.id.length)
      : sizeOfField(sizeOfBits(structuredId.most) + sizeOfBits(structuredId.least));
  const streamSize = Buffer.byteLength(event.stream);
  const typeSize = Buffer.byteLength(event.type);
  const created = `${event.created}0000`;
  const { content: data, size: dataSize, json } = payloadOf(event.data);
  const { content: metadata, size: metadataSize } = payloadOf(event.metadata);
  const contentType = json ? JSON_TYPE : OCTETS_TYPE;
  const isTombstone = event.type === TOMBSTONE_TYPE && event.revision === TOMBSTONE_REVISION;
  const position = Number(event.position);
  const revision = isTombstone ? 10 : sizeOfNumber(event.revision);
  const size =
    sizeOfField(idSize) +
    sizeOfField(sizeOfField(streamSize)) +
    revision +
    2 * sizeOfNumber(position) +
    sizeOfField(sizeOfEntry('content-type'.length, contentType.length)) +
    sizeOfField(sizeOfEntry('created'.length, created.length)) +
    sizeOfField(sizeOfEntry('type'.length, typeSize)) +
    (metadataSize === 0 ? 0 : sizeOfField(metadataSize)) +
    (dataSize === 0 ? 0 : sizeOfField(dataSize));
  return {
    field,
    event,
    structuredId,
    idSize,
    streamSize,
    typeSize,
    created,
    contentType,
    data,
    dataSize,
    metadata,
    metadataSize,
    isTombstone,
    size,
  };
}

function writeRecorded(buffer: Buffer, start: number, part: Part): number {
  const { event, structuredId } = part;
  let at = writeHead(buffer, start, part.field, part.size);
  at = writeHead(buffer, at, 1, part.idSize);
  if (structuredId === undefined) at = writeText(buffer, at, 2, event.id, event.id.length);
  else {
    at = writeHead(buffer, at, 1, sizeOfBits(structuredId.most) + sizeOfBits(structuredId.least));
    at = writeBits(buffer, at, 1, structuredId.most);
    at = writeBits(buffer, at, 2, structuredId.least);
  }
  at = writeHead(buffer, at, 2, sizeOfField(part.streamSize));
  at = writeText(buffer, at, 3, event.stream, part.streamSize);
  at = part.isTombstone
    ? writeBits(buffer, at, 3, LAST_REVISION)
    : writeNumber(buffer, at, 3, event.revision);
  at = writeNumber(buffer, at, 4, Number(event.position));
  at = writeNumber(buffer, at, 5, Number(event.position));
  at = writeEntry(buffer, at, 'content-type', part.contentType, part.contentType.length);
  at = writeEntry(buffer, at, 'created', part.created, part.created.length);
  at = writeEntry(buffer, at, 'type', event.type, part.typeSize);
  if (part.metadataSize > 0) at = writeContent(buffer, at, 7, part.metadata, part.metadataSize);
  if (part.dataSize > 0) at = writeContent(buffer, at, 8, part.data, part.dataSize);
  return at;
}

function payloadOf(text: string): {
  readonly content: string | Uint8Array;
  readonly size: number;
  readonly json: boolean;
} {
  if (!isEnveloped(text)) return { content: text, size: Buffer.byteLength(text), json: true };
  const { bytes, json } = decodePayload(text);
  return { content: bytes, size: bytes.length, json };
}

function sizeOfField(length: number): number {
  return 1 + sizeOfVarint(length) + length;
}

function sizeOfNumber(value: number): number {
  return value === 0 ? 0 : 1 + sizeOfVarint(value);
}

function sizeOfBits(bits: bigint): number {
  if (bits === 0n) return 0;
  let size = 2;
  for (let left = bits >> 7n; left > 0n; left >>= 7n) size += 1;
  return size;
}

function sizeOfEntry(keySize: number, valueSize: number): number {
  return sizeOfField(keySize) + sizeOfField(valueSize);
}

function writeHead(buffer: Buffer, at: number, field: number, length: number): number {
  buffer[at] = tag(field, LENGTH);
  return writeVarint(buffer, at + 1, length);
}

function writeNumber(buffer: Buffer, at: number, field: number, value: number): number {
  if (value === 0) return at;
  buffer[at] = tag(field, VARINT);
  return writeVarint(buffer, at + 1, value);
}

function writeBits(buffer: Buffer, at: number, field: number, bits: bigint): number {
  if (bits === 0n) return at;
  buffer[at] = tag(field, VARINT);
  return writeBigVarint(buffer, at + 1, bits);
}

function writeText(buffer: Buffer, at: number, field: number, text: string, size: number): number {
  const from = writeHead(buffer, at, field, size);
  buffer.write(text, from, size, 'utf8');
  return from + size;
}

function writeEntry(buffer: Buffer, at: number, key: string, value: string, valueSize: number): number {
  const from = writeHead(buffer, at, 6, sizeOfEntry(key.length, valueSize));
  return writeText(buffer, writeText(buffer, from, 1, key, key.length), 2, value, valueSize);
}

function writeContent(
  buffer: Buffer,
  at: number,
  field: number,
  content: string | Uint8Array,
  size: number,
): number {
  if (typeof content === 'string') return writeText(buffer, at, field, content, size);
  const from = writeHead(buffer, at, field, size);
  buffer.set(content, from);
  return from + size;
}
