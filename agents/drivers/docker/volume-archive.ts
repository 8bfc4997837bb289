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
  UNSUPPORTED_HEADERS,
} from './archive-headers.js';
import { withPrefix } from './archive-names.js';

/** Explains to the user why an archive is not restored. */
export class ArchiveRefusedError extends Error {
  override readonly name = 'ArchiveRefusedError';
}

/** For what was checked before, or is only counted. */
export const UNLIMITED: DiskLimits = { bytes: Number.POSITIVE_INFINITY, files: Number.POSITIVE_INFINITY };

/** What an archive of a volume contains. */
export interface ArchiveContent {
  bytes: number;
  entries: number;
}

const FILES = ['file', 'contiguous-file'];
const DEVICES = ['character-device', 'block-device'];
const SUPPORTED = [...FILES, ...DEVICES, 'directory', 'symlink', 'link', 'fifo'];
/** A complete archive ends in at least this many zeros after its last entry. */
const END_BYTES = 1024;

/**
 * Passes an archive on byte by byte, because names and attributes need not be UTF-8. Throws an {@link ArchiveRefusedError} at the first entry that is
 * not allowed, and at the end of an archive that is not complete. `content` describes what was passed on. With a `prefix`, only the names are changed:
 * they begin with it.
 */
export async function* checkedArchive(
  archive: AsyncIterable<Uint8Array>,
  limits: DiskLimits,
  content: ArchiveContent,
  prefix = '',
): AsyncGenerator<Uint8Array> {
  const extract = tar.extract();
  const headers = new HeaderSize();
  const between = new HeaderBytes();
  let total = 0;
  let entryEnd = 0;
  /** How much of the archive was passed on. Headers wait until the entry is known. */
  let passed = 0;
  let ready: Buffer[] = [];
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
    const given = between.between(entryEnd, body.offset);
    const problem = entryProblem(header, headersProblem(given)) ?? sizeProblem(header, limits, content);
    if (problem !== undefined) return next(problem);
    const named = prefix === '' ? given : withPrefix(given, header, prefix);
    if (named === undefined) return next(refusal(header, UNSUPPORTED_HEADERS));
    headers.entry(header);
    ready.push(between.between(passed, entryEnd), named);
    passed = body.offset;
    entryEnd = body.offset + inBlocks(header.size);
    body.on('end', () => next());
    body.resume();
  });
  for await (const piece of archive) {
    between.add(piece, passed);
    if (total < COMPRESSED_BYTES && isCompressed(between.between(0, COMPRESSED_BYTES)))
      throw new ArchiveRefusedError('it is compressed: decompress it first');
    if (!headers.add(piece))
      throw new ArchiveRefusedError(`it has a header of more than ${bytesText(MAX_HEADER_BYTES)}`);
    total += piece.length;
    await done((resolve) => extract.write(piece, resolve));
    const known = Math.min(total, entryEnd);
    const out = Buffer.concat([...ready, between.between(passed, known)]);
    if (out.length > 0) yield out;
    ready = [];
    passed = Math.max(passed, known);
  }
  await done((resolve) => extract.end(resolve));
  if (content.entries === 0) throw new ArchiveRefusedError('it is empty');
  if (total < entryEnd + END_BYTES || !isZero(between.between(entryEnd, entryEnd + END_BYTES)))
    throw new ArchiveRefusedError('it ends early');
  yield between.between(entryEnd, total);
}

/** Returns the names of an entry's path. An archive that `tar -C FOLDER -c .` made begins each with `./`. */
function namesIn(path: string): readonly string[] {
  return path.split('/').filter((each) => each !== '' && each !== '.');
}

function refusal({ name }: Header, problem: string): ArchiveRefusedError {
  return new ArchiveRefusedError(`${JSON.stringify(name)} ${problem}`);
}

function entryProblem(header: Header, ofHeaders: string | undefined): ArchiveRefusedError | undefined {
  const { name, type, size, linkname, pax = {} } = header;
  const refuse = (problem: string): ArchiveRefusedError => refusal(header, problem);
  if (ofHeaders !== undefined) return refuse(ofHeaders);
  if (!hasValidSize(header)) return refuse('has no valid size');
  if (leaves(name)) return refuse('is outside of the volume');
  if (type !== null && DEVICES.includes(type)) return refuse('is a device');
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
