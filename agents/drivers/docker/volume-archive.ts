import type { Readable } from 'node:stream';
import { bytesText } from '#domain/kernel/bytes.js';
import { hasValidSize, HeaderSize, MAX_HEADER_BYTES, tar, type Header } from '../../platform/tar.js';
import type { DiskLimits } from '../disk-watch.js';
import {
  COMPRESSED_BYTES,
  HeaderBytes,
  headersProblem,
  inBlocks,
  isCompressed,
  isZero,
} from './archive-headers.js';
import { MOUNT_ENTRY } from './copy-container.js';

/** Explains to the user why an archive is not restored. */
export class ArchiveRefusedError extends Error {
  override readonly name = 'ArchiveRefusedError';
}

export interface ArchiveLimits extends DiskLimits {
  /** Whether devices are allowed. Only archives that the daemon makes may have them. */
  readonly devices?: true;
}

/** The limits of an archive that the daemon makes. */
export const UNLIMITED: ArchiveLimits = {
  bytes: Number.POSITIVE_INFINITY,
  files: Number.POSITIVE_INFINITY,
  devices: true,
};

/** What an archive of a volume contains. */
export interface ArchiveContent {
  bytes: number;
  entries: number;
  /** The entry of the volume's own directory, if there is one. */
  root?: Pick<Header, 'mode' | 'uid' | 'gid' | 'mtime' | 'pax'>;
}

type Refuse = (problem: string) => ArchiveRefusedError;

const FILES = ['file', 'contiguous-file'];
const DEVICES = ['character-device', 'block-device'];
const SUPPORTED = [...FILES, ...DEVICES, 'directory', 'symlink', 'link', 'fifo'];
/** A complete archive ends in at least this many zeros after its last entry. */
const END_BYTES = 1024;

/**
 * Passes an archive on byte by byte, because names and attributes need not be UTF-8. Throws an {@link ArchiveRefusedError} at the first entry that is
 * not allowed, and at the end of an archive that is not complete. `content` describes what was passed on.
 */
export async function* checkedArchive(
  archive: AsyncIterable<Uint8Array>,
  limits: ArchiveLimits,
  content: ArchiveContent,
): AsyncGenerator<Uint8Array> {
  const extract = tar.extract();
  const headers = new HeaderSize();
  const between = new HeaderBytes();
  let total = 0;
  let entryEnd = 0;
  let failure: ArchiveRefusedError | undefined;
  let fail: (error: ArchiveRefusedError) => void = () => undefined;
  // tar-stream may report several errors, between two steps too.
  extract.on('error', (error: Error) => {
    failure ??= error instanceof ArchiveRefusedError ? error : notAnArchive(error);
    fail(failure);
  });
  // A promise that is raced for each piece would keep something of each piece until the end.
  const done = async (step: (resolve: () => void) => void): Promise<void> =>
    await new Promise((resolve, reject) => {
      if (failure !== undefined) return reject(failure);
      fail = reject;
      step(resolve);
    });
  extract.on('entry', (header, body, next) => {
    const problem =
      entryProblem(header, headersProblem(between.between(entryEnd, body.offset)), limits) ??
      sizeProblem(header, limits, content);
    if (problem !== undefined) return next(problem);
    headers.entry(header);
    if (isRoot(header)) content.root = header;
    entryEnd = body.offset + inBlocks(header.size);
    body.on('end', () => next());
    body.resume();
  });
  for await (const piece of archive) {
    between.add(piece, entryEnd);
    if (total < COMPRESSED_BYTES && isCompressed(between.between(0, COMPRESSED_BYTES)))
      throw new ArchiveRefusedError('it is compressed: decompress it first');
    if (!headers.add(piece))
      throw new ArchiveRefusedError(`it has a header of more than ${bytesText(MAX_HEADER_BYTES)}`);
    await done((resolve) => extract.write(piece, resolve));
    total += piece.length;
    yield piece;
  }
  await done((resolve) => extract.end(resolve));
  if (content.entries === 0) throw new ArchiveRefusedError('it is empty');
  if (total < entryEnd + END_BYTES || !isZero(between.between(entryEnd, entryEnd + END_BYTES)))
    throw new ArchiveRefusedError('it ends early');
}

/** Returns the names of an entry's path. An archive that `tar -C FOLDER -c .` made begins each with `./`. */
function namesIn(path: string): readonly string[] {
  return path.split('/').filter((each) => each !== '' && each !== '.');
}

function isRoot({ name, type }: Header): boolean {
  return type === 'directory' && namesIn(name).length === 0;
}

function entryProblem(
  header: Header,
  ofHeaders: string | undefined,
  { devices }: ArchiveLimits,
): ArchiveRefusedError | undefined {
  const { name, type, size, linkname, pax = {} } = header;
  const refuse: Refuse = (problem) => new ArchiveRefusedError(`${JSON.stringify(name)} ${problem}`);
  if (ofHeaders !== undefined) return refuse(ofHeaders);
  if (!hasValidSize(header)) return refuse('has no valid size');
  if (leaves(name)) return refuse('is outside of the volume');
  if (devices !== true && type !== null && DEVICES.includes(type)) return refuse('is a device');
  if (
    type === null ||
    !SUPPORTED.includes(type) ||
    Object.keys(pax).some((key) => key.startsWith('GNU.sparse'))
  )
    return refuse('has a type that is not supported: make the archive without --sparse');
  // Readers disagree about whether content follows.
  if (size !== 0 && !FILES.includes(type)) return refuse('has a size, although it is not a file');
  if (type !== 'directory' && namesIn(name).length === 0) return refuse('replaces the volume');
  if (type === 'link' && leaves(linkname ?? '')) return refuse('is a hard link that leaves the volume');
  return undefined;
}

function leaves(path: string): boolean {
  return path.startsWith('/') || path.split('/').includes('..');
}

function sizeProblem(
  { type, size }: Header,
  limits: DiskLimits,
  content: ArchiveContent,
): ArchiveRefusedError | undefined {
  content.entries += 1;
  if (type !== 'directory') content.bytes += size;
  if (content.bytes > limits.bytes)
    return new ArchiveRefusedError(
      `it has more than ${bytesText(limits.bytes)}, the most of a volume on this node (MUSTER_VOLUME_DISK_MIB)`,
    );
  return content.entries > limits.files
    ? new ArchiveRefusedError(
        `it has more than ${limits.files} files, the most of a volume on this node (MUSTER_VOLUME_FILES)`,
      )
    : undefined;
}

function notAnArchive({ message }: Error): ArchiveRefusedError {
  return new ArchiveRefusedError(
    message === 'Unexpected end of data' ? 'it ends early' : `it is not a tar archive: ${message}`,
  );
}

/** An archive with only the volume's own directory, whose owner and mode the daemon takes from no other one. */
export function rootEntry(root: NonNullable<ArchiveContent['root']>): Readable {
  const { path: _path, linkpath: _linkpath, ...pax } = root.pax ?? {};
  const { mode, uid, gid, mtime } = root;
  const header = { name: MOUNT_ENTRY, type: 'directory', mode, uid, gid, mtime } as const;
  const archive = tar.pack();
  archive.entry(Object.keys(pax).length === 0 ? header : { ...header, pax }, () => archive.finalize());
  return archive;
}
