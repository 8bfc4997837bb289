import type { Header } from '../../platform/tar.js';
import { attribute } from '../../platform/tar-names.js';
import { BLOCK_BYTES, inBlocks, octal, SIZE_AT, SIZE_BYTES, TYPE_AT } from './archive-headers.js';

const NAME_BYTES = 100;
const LINK_AT = 157;
const MAGIC_AT = 257;
const PREFIX_AT = 345;
const PREFIX_BYTES = 155;
const NEWLINE = 10;
const SPACE = 32;
const POSIX = 'ustar\0';

/**
 * Puts `prefix` before the name of an entry, and before the target of a hard link. Returns undefined if the headers have another name than `header`,
 * as tar-stream read them. Names are bytes, because they need not be UTF-8.
 */
export function withPrefix(headers: Buffer, header: Header, prefix: string): Buffer | undefined {
  const own = headers.subarray(-BLOCK_BYTES);
  const before = attributesIn(headers);
  const attributes = before.get('x');
  const pax = attributes === undefined ? undefined : recordsIn(attributes);
  const isHardLink = header.type === 'link';
  const longLink = before.get('K');
  const name = given(pax?.get('path')) ?? given(untilZero(before.get('L'))) ?? nameIn(own);
  const link = given(pax?.get('linkpath')) ?? given(untilZero(longLink)) ?? field(own, LINK_AT, NAME_BYTES);
  if (name.toString() !== header.name || (isHardLink && link.toString() !== header.linkname))
    return undefined;
  const start = Buffer.from(prefix);
  const [newName, newLink] = [Buffer.concat([start, name]), Buffer.concat([start, link])];
  if (pax === undefined)
    return Buffer.concat([
      attribute('L', Buffer.concat([newName, Buffer.alloc(1)])),
      isHardLink
        ? attribute('K', Buffer.concat([newLink, Buffer.alloc(1)]))
        : longLink === undefined
          ? Buffer.alloc(0)
          : attribute('K', longLink),
      own,
    ]);
  pax.set('path', newName);
  if (isHardLink) pax.set('linkpath', newLink);
  return Buffer.concat([attribute('x', Buffer.concat([...pax].map(record))), own]);
}

/** Returns the content of the headers before the entry's own one, by type. */
function attributesIn(headers: Buffer): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (let at = 0; at + BLOCK_BYTES < headers.length;) {
    const block = headers.subarray(at, at + BLOCK_BYTES);
    const size = octal(block.toString('latin1', SIZE_AT, SIZE_AT + SIZE_BYTES));
    const content = headers.subarray(at + BLOCK_BYTES, at + BLOCK_BYTES + size);
    found.set(String.fromCharCode(block[TYPE_AT] ?? 0), content);
    at += BLOCK_BYTES + inBlocks(size);
  }
  return found;
}

/** Parses attributes of the pax format: `LENGTH KEY=VALUE` and a newline each, where the length is that of all of it. */
function recordsIn(attributes: Buffer): Map<string, Buffer> {
  const records = new Map<string, Buffer>();
  for (let rest = attributes; rest.length > 0;) {
    const length = Number.parseInt(rest.toString('latin1', 0, Math.max(0, rest.indexOf(SPACE))), 10);
    if (!(length > 0 && length <= rest.length)) break;
    const text = rest.subarray(rest.indexOf(SPACE) + 1, length - 1);
    const equals = text.indexOf('=');
    if (equals < 0 || rest[length - 1] !== NEWLINE) break;
    records.set(text.toString('latin1', 0, equals), text.subarray(equals + 1));
    rest = rest.subarray(length);
  }
  return records;
}

function record([key, value]: readonly [string, Buffer]): Buffer {
  const content = Buffer.concat([Buffer.from(` ${key}=`, 'latin1'), value, Buffer.of(NEWLINE)]);
  let length = content.length;
  while (length !== content.length + String(length).length) length = content.length + String(length).length;
  return Buffer.concat([Buffer.from(String(length)), content]);
}

function nameIn(own: Buffer): Buffer {
  const name = field(own, 0, NAME_BYTES);
  const prefix = field(own, PREFIX_AT, PREFIX_BYTES);
  const isPosix = own.toString('latin1', MAGIC_AT, MAGIC_AT + POSIX.length) === POSIX;
  return isPosix && prefix.length > 0 ? Buffer.concat([prefix, Buffer.from('/'), name]) : name;
}

function field(block: Buffer, at: number, bytes: number): Buffer {
  return untilZero(block.subarray(at, at + bytes));
}

function untilZero(bytes: Buffer): Buffer;
function untilZero(bytes: Buffer | undefined): Buffer | undefined;
function untilZero(bytes: Buffer | undefined): Buffer | undefined {
  const end = bytes?.indexOf(0) ?? -1;
  return end < 0 ? bytes : bytes?.subarray(0, end);
}

/** Readers ignore an empty attribute. */
function given(value: Buffer | undefined): Buffer | undefined {
  return value?.length === 0 ? undefined : value;
}
