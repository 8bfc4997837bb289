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
  /** Attributes of the pax format, which precede the header. */
  pax?: Readonly<Record<string, string>>;
}

type Done = (error?: Error | null) => void;

export interface Pack extends Readable {
  /** Returns a stream for the content of a file, which must have exactly the size of the header. */
  entry(header: Partial<Header> & Pick<Header, 'name'>, done: Done): Writable;
  finalize(): void;
}

interface Entries {
  /** The next entry follows when the stream was read to its end, and `next` was called. */
  on(event: 'entry', listener: (header: Header, stream: PassThrough, next: Done) => void): this;
}

export const tar = untyped as { readonly pack: () => Pack; readonly extract: () => Entries & Writable };
