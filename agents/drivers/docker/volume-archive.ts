import type { Readable } from 'node:stream';
import { bytesText } from '#domain/kernel/bytes.js';
import { hasValidSize, HeaderSize, MAX_HEADER_BYTES, tar, type Header } from '../../platform/tar.js';
import type { DiskLimits } from '../disk-watch.js';
import { MOUNT_ENTRY } from './copy-container.js';

/** Explains to the user why an archive is not restored. */
export class ArchiveRefusedError extends Error {
  override readonly name = 'ArchiveRefusedError';
}

/** What an archive of a volume contains. */
export interface ArchiveContent {
  bytes: number;
  entries: number;
  /** The entry of the volume's own directory, if there is one. */
  root?: Pick<Header, 'mode' | 'uid' | 'gid' | 'mtime' | 'pax'>;
}

type Refuse = (problem: string) => ArchiveRefusedError;

const REGULAR = ['file', 'contiguous-file', 'directory', 'symlink', 'link', 'fifo'];
const BLOCK_BYTES = 512;
/** A complete archive ends in at least this many zeros after its last entry. */
const END_BYTES = 2 * BLOCK_BYTES;

/**
 * Passes an archive on byte by byte, because names and attributes need not be UTF-8. Throws an {@link ArchiveRefusedError} at the first entry that is
 * not allowed, and at the end of an archive that is not complete. `content` describes what was passed on.
 */
export async function* checkedArchive(
  archive: AsyncIterable<Uint8Array>,
  limits: DiskLimits,
  content: ArchiveContent,
): AsyncGenerator<Uint8Array> {
  const extract = tar.extract();
  const headers = new HeaderSize();
  let total = 0;
  let entryEnd = 0;
  // tar-stream may report several errors.
  const failed = new Promise<never>((_resolve, reject) =>
    extract.on('error', (error: Error) =>
      reject(error instanceof ArchiveRefusedError ? error : notAnArchive(error)),
    ),
  );
  failed.catch(() => undefined);
  extract.on('entry', (header, body, next) => {
    const problem = entryProblem(header) ?? sizeProblem(header, limits, content);
    if (problem !== undefined) return next(problem);
    headers.entry(header);
    if (isRoot(header)) content.root = header;
    const size = header.type === 'directory' ? 0 : header.size;
    entryEnd = body.offset + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
    body.on('end', () => next());
    body.resume();
  });
  for await (const piece of archive) {
    if (!headers.add(piece))
      throw new ArchiveRefusedError(`it has a header of more than ${bytesText(MAX_HEADER_BYTES)}`);
    await Promise.race([failed, new Promise((resolve) => extract.write(piece, resolve))]);
    total += piece.length;
    yield piece;
  }
  await Promise.race([failed, new Promise<void>((resolve) => extract.end(resolve))]);
  if (content.entries === 0) throw new ArchiveRefusedError('it is empty');
  if (total < entryEnd + END_BYTES) throw new ArchiveRefusedError('it ends early');
}

/** Returns the names of an entry's path. An archive that `tar -C FOLDER -c .` made begins each with `./`. */
function namesIn(path: string): readonly string[] {
  return path.split('/').filter((each) => each !== '' && each !== '.');
}

function isRoot({ name, type }: Header): boolean {
  return type === 'directory' && namesIn(name).length === 0;
}

function entryProblem(header: Header): ArchiveRefusedError | undefined {
  const { name, type, linkname, pax = {} } = header;
  const refuse: Refuse = (problem) => new ArchiveRefusedError(`${JSON.stringify(name)} ${problem}`);
  if (!hasValidSize(header)) return refuse('has no valid size');
  if (leaves(name)) return refuse('is outside of the volume');
  if (type === 'character-device' || type === 'block-device') return refuse('is a device');
  if (
    type === null ||
    !REGULAR.includes(type) ||
    Object.keys(pax).some((key) => key.startsWith('GNU.sparse'))
  )
    return refuse('has a type that is not supported: make the archive without --sparse');
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
