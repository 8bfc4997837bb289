import type { PassThrough, Readable, Writable } from 'node:stream';
// @ts-expect-error The package has no types. Those below are the part that Muster uses.
import untyped from 'tar-stream';

export interface Header {
  name: string;
  /** Null if this version does not support the entry's type. */
  type:
    | 'file'
    | 'contiguous-file'
    | 'directory'
    | 'symlink'
    | 'link'
    | 'character-device'
    | 'block-device'
    | 'fifo'
    | null;
  mode: number;
  size: number;
  mtime: Date;
  linkname: string | null;
  uid: number;
  gid: number;
  /** Attributes of the pax format, which precede the header. */
  pax?: Readonly<Record<string, string>>;
}

type Done = (error?: Error | null) => void;

export interface Pack extends Readable {
  /** Returns a stream for the content of a file, which must have exactly the size of the header. */
  entry(header: Partial<Header> & Pick<Header, 'name'>, done: Done): Writable;
  finalize(): void;
  /** Writes bytes between two entries. */
  push(bytes: Uint8Array): boolean;
}

interface Content extends PassThrough {
  /** Where it begins in the archive, in bytes. */
  readonly offset: number;
}

interface Entries {
  /** The next entry follows when the stream was read to its end, and `next` was called. */
  on(event: 'entry', listener: (header: Header, stream: Content, next: Done) => void): this;
}

export const tar = untyped as {
  readonly pack: () => Pack;
  /** @param options `latin1`: each character of a name stands for one of its bytes (see {@link nameBytes}). Default: UTF-8 */
  readonly extract: (options?: { readonly filenameEncoding: 'latin1' }) => Entries & Writable;
};

/** Largest size of what an archive has between two entries, in bytes: names and attributes. tar-stream holds it in memory. */
export const MAX_HEADER_BYTES = 1024 * 1024;

/** Counts the bytes of an archive between its entries, so that its reader can end before a large header is in memory. */
export class HeaderSize {
  #sinceEntry = 0;
  #allowed = MAX_HEADER_BYTES;

  /** Returns whether the next piece is still within the bounds. */
  add(piece: Uint8Array): boolean {
    this.#sinceEntry += piece.length;
    return this.#sinceEntry <= this.#allowed;
  }

  /** Call it at each entry. The content of a file is not held in memory. tar-stream ignores the size of a folder. */
  entry({ type, size }: Header): void {
    this.#sinceEntry = 0;
    this.#allowed = MAX_HEADER_BYTES + (type === 'directory' ? 0 : size);
  }
}

/** Whether the size of an entry can be what it says. */
export function hasValidSize({ size }: Header): boolean {
  return Number.isSafeInteger(size) && size >= 0;
}
