import type { Header, Pack } from './tar.js';

/**
 * Names in archives and folders are bytes, which need not be UTF-8. Here they are strings in which each character stands for one byte (Latin-1), so
 * that two names are equal only if all their bytes are.
 */
export type ByteName = string;

export function byteName(text: string | Buffer): ByteName {
  return Buffer.from(text as string).toString('latin1');
}

export function nameBytes(name: ByteName): Buffer {
  return Buffer.from(name, 'latin1');
}

/** Returns a name as text. Bytes that are not UTF-8 are shown as `\xe9`. */
export function nameText(name: ByteName): string {
  const bytes = nameBytes(name);
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes)
    ? text
    : name.replace(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
}

/**
 * Returns the names of an entry of an archive that was read as Latin-1. tar-stream decodes those in pax attributes as UTF-8, and replaces what is not.
 * They are undefined then.
 */
export function namesOf({
  name,
  linkname,
  pax = {},
}: Header): { readonly name: ByteName; readonly linkname: ByteName } | undefined {
  const { path, linkpath } = pax;
  if ([path, linkpath].some((each) => each?.includes('\uFFFD') === true)) return undefined;
  return {
    name: path === undefined ? name : byteName(path),
    linkname: linkpath === undefined ? (linkname ?? '') : byteName(linkpath),
  };
}

const BLOCK = 512;
const SHORT_NAME = /^[\x01-\x7f]{0,100}$/;

/**
 * Returns the header of an entry with these names. tar-stream would encode the bytes of other than short ASCII names anew, so such names precede the
 * entry, as GNU tar writes them, and every tar reads them.
 */
export function entryHeader<Rest>(
  archive: Pack,
  { name, linkname, ...rest }: Rest & { readonly name: ByteName; readonly linkname?: ByteName },
): Omit<Rest, 'name' | 'linkname'> & { name: string; linkname?: string } {
  const short = (of: ByteName, type: 'L' | 'K', instead: string): string => {
    if (SHORT_NAME.test(of)) return of;
    archive.push(longName(type, nameBytes(of)));
    return instead;
  };
  const target = linkname === undefined ? undefined : short(linkname, 'K', 'long');
  const own = short(name, 'L', name.endsWith('/') ? 'long/' : 'long');
  return { ...rest, name: own, ...(target !== undefined && { linkname: target }) };
}

function longName(type: 'L' | 'K', name: Buffer): Buffer {
  return attribute(type, Buffer.concat([name, Buffer.alloc(1)]));
}

/** Returns a header that precedes that of an entry, with its content: attributes of the pax format (`x`), or a long name or link target of GNU tar. */
export function attribute(type: 'x' | 'L' | 'K', content: Buffer): Buffer {
  const { length } = content;
  const header = Buffer.alloc(BLOCK);
  header.write('././@LongLink');
  header.write('0000644\0' + '0000000\0'.repeat(2), 100);
  header.write(`${length.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0`, 124);
  header.write(`        ${type}`, 148);
  header.write(type === 'x' ? 'ustar\x0000' : 'ustar  \0', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content], BLOCK + Math.ceil(length / BLOCK) * BLOCK);
}
