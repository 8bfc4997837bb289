import { randomUUID } from 'node:crypto';
import {
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  stat,
  symlink,
  unlink,
} from 'node:fs/promises';
import { createReadStream, type Stats } from 'node:fs';
import path from 'node:path';
import { Readable, type PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { bytesText } from '#domain/kernel/bytes.js';
import { Failure } from '../shared/failure.js';
import { printable } from '../shared/output.js';
import { hasCode } from '#agents/platform/error-code.js';
import {
  hasValidSize,
  HeaderSize,
  MAX_HEADER_BYTES,
  tar,
  type Header,
  type Pack,
} from '#agents/platform/tar.js';
import {
  byteName,
  entryHeader,
  nameBytes,
  namesOf,
  nameText,
  type ByteName,
} from '#agents/platform/tar-names.js';

/** What was copied. */
export interface Copied {
  files: number;
  bytes: number;
  /** What was left out, each with the reason. */
  readonly skipped: string[];
}

/** Mode bits that are copied. Without those of setuid and setgid programs, which would run as the user who copies. */
const MODE = 0o777;
const OWNER_MAY = 0o700;

/**
 * Writes the files of an archive that a task made. The task may be hostile, so nothing is written outside of `target`:
 *
 * - An entry with `..`, an absolute name, or a name that was not requested ends the copy.
 * - Files are created anew, and folders entered only if they are no links.
 * - Links that leave the copied folder, devices and FIFOs are left out. Links are created last, so that no entry can be written through one.
 * - Headers of more than {@link MAX_HEADER_BYTES} end the copy before they are in memory.
 *
 * @param root name that all entries begin with, or '' if they have none in common
 * @param target where that name is written. Its parent folder exists.
 */
export async function unpack(
  archive: AsyncIterable<Uint8Array>,
  { root, target, copied }: { readonly root: string; readonly target: string; readonly copied: Copied },
): Promise<void> {
  const unpacking = new Unpacking(root, target, copied);
  const extract = tar.extract({ filenameEncoding: 'latin1' });
  let adding = Promise.resolve();
  let last: PassThrough | undefined;
  const headers = new HeaderSize();
  async function* bounded(): AsyncGenerator<Uint8Array> {
    for await (const piece of archive) {
      if (!headers.add(piece))
        throw new Failure(
          `the task sent a header of more than ${bytesText(MAX_HEADER_BYTES)}, as for a very long name: nothing more is copied`,
        );
      yield piece;
    }
  }
  extract.on('entry', (header, content, next) => {
    last = content;
    if (!hasValidSize(header)) {
      next(
        new Failure(
          `the task sent ${printable(nameText(header.name))} without a valid size: nothing more is copied`,
        ),
      );
      return;
    }
    headers.entry(header);
    adding = unpacking.add(header, content);
    adding.then(() => next(), next);
  });
  try {
    await pipeline(bounded(), extract);
  } finally {
    // If the archive ends early, its last entry does not end on its own. What was written of it is removed first.
    last?.end();
    await Promise.allSettled([adding]);
  }
  await unpacking.finish();
}

class Unpacking {
  /** Files that this copy has written, by their names in the archive. Hard links can only lead to these. */
  readonly #files = new Map<ByteName, Buffer>();
  readonly #links: { readonly place: readonly ByteName[]; readonly to: ByteName }[] = [];
  readonly #folders = new Set<ByteName>();
  readonly #root: ByteName;
  readonly #target: ByteName;

  constructor(
    root: string,
    target: string,
    private readonly copied: Copied,
  ) {
    this.#root = byteName(root);
    this.#target = byteName(target);
  }

  async add(header: Header, content: Readable): Promise<void> {
    const names = namesOf(header);
    if (names === undefined)
      throw new Failure(
        `the task sent ${printable(header.name)}, whose name is not UTF-8, in a format in which it cannot be read (pax): nothing more is copied`,
      );
    const place = this.#place(names.name);
    switch (header.type) {
      case 'directory':
        await this.#folder(place, header.mode);
        break;
      case 'file':
      case 'contiguous-file':
        await this.#file(place, header, content);
        return;
      case 'symlink':
        this.#links.push({ place, to: names.linkname });
        break;
      case 'link':
        await this.#hardLink(place, names.linkname);
        break;
      default:
        this.#skip(place, 'is not a file, folder or link');
    }
    content.resume();
  }

  async finish(): Promise<void> {
    for (const { place, to } of this.#links) {
      if (!staysInside(place, to)) {
        this.#skip(place, `is a link to ${nameText(to)}`);
        continue;
      }
      const made = await this.#free(place);
      await symlink(nameBytes(to), made);
      this.copied.files += 1;
    }
  }

  /** Returns the names below `target` that an entry's name stands for. */
  #place(name: ByteName): readonly ByteName[] {
    const names = name.split('/').filter((each) => each !== '' && each !== '.');
    const isRequested = this.#root === '' || names[0] === this.#root;
    if (name.startsWith('/') || names.includes('..') || !isRequested)
      throw new Failure(
        `the task sent ${printable(nameText(name))}, which is not in the folder that was requested: nothing more is copied`,
      );
    return this.#root === '' ? names : names.slice(1);
  }

  async #file(place: readonly ByteName[], { mode, mtime, size }: Header, content: Readable): Promise<void> {
    const made = await this.#path(place);
    // A copy that is interrupted leaves what had this name. A file cannot be opened thus if it exists, so nothing is written through a link.
    const folder = place.length === 0 ? path.dirname(this.#target) : this.#below(place.slice(0, -1));
    const partial = nameBytes(path.join(folder, `.muster-cp-${randomUUID()}`));
    const file = await open(partial, 'wx', mode & MODE);
    try {
      let written = 0;
      for await (const piece of piecesOf(content)) {
        await file.appendFile(piece);
        written += piece.length;
      }
      if (written < size) throw new Failure('the archive ended early: the copy is incomplete');
      this.copied.bytes += written;
      await file.utimes(mtime, mtime);
      await rename(partial, made).catch(refuseFolder(made));
    } catch (error) {
      await unlink(partial);
      throw withPath(error, made);
    } finally {
      await file.close();
    }
    this.#files.set(place.join('/'), made);
    this.copied.files += 1;
  }

  async #hardLink(place: readonly ByteName[], to: ByteName): Promise<void> {
    const file = this.#files.get(this.#place(to).join('/'));
    if (file === undefined)
      return this.#skip(place, `is a hard link to ${nameText(to)}, which was not copied`);
    const made = await this.#free(place);
    await link(file, made);
    this.#files.set(place.join('/'), made);
    this.copied.files += 1;
  }

  async #folder(place: readonly ByteName[], mode: number): Promise<void> {
    for (let depth = 0; depth <= place.length; depth += 1) {
      const folder = this.#below(place.slice(0, depth));
      if (this.#folders.has(folder)) continue;
      await mkdir(nameBytes(folder), depth === place.length ? (mode & MODE) | OWNER_MAY : MODE).catch(
        async (error: unknown) => {
          if (!hasCode(error, 'EEXIST')) throw error;
          if (!(await lstat(nameBytes(folder))).isDirectory())
            throw new Failure(`${nameText(folder)} is no folder here, but is one in the task`);
        },
      );
      this.#folders.add(folder);
    }
  }

  /** Creates the folder of a file or link. Returns its path. */
  async #path(place: readonly ByteName[]): Promise<Buffer> {
    if (place.length > 0) await this.#folder(place.slice(0, -1), MODE);
    return nameBytes(this.#below(place));
  }

  #below(place: readonly ByteName[]): ByteName {
    return path.join(this.#target, ...place);
  }

  /** Makes room for a link: creates its folder, and removes what has its name. Returns its path. */
  async #free(place: readonly ByteName[]): Promise<Buffer> {
    const file = await this.#path(place);
    await unlink(file)
      .catch(refuseFolder(file))
      .catch((error: unknown) => {
        if (!hasCode(error, 'ENOENT')) throw error;
      });
    return file;
  }

  #skip(place: readonly ByteName[], reason: string): void {
    this.copied.skipped.push(`${nameText([path.basename(this.#target), ...place].join('/'))} ${reason}`);
  }
}

/**
 * Whether a symbolic link leads to something below the copied folder. `..` is allowed only at the beginning, where it leaves folders that are no
 * links: after the name of a link it could lead anywhere.
 */
function staysInside(place: readonly ByteName[], to: ByteName): boolean {
  const names = to.split('/');
  const below = names.findIndex((each) => each !== '..');
  const ups = below === -1 ? names.length : below;
  return to !== '' && !to.startsWith('/') && ups < place.length && !names.slice(ups).includes('..');
}

/** What an archive is made of. */
interface Packed {
  /** The file or folder. A link is followed. */
  readonly source: string;
  /** Its name in the archive, or '' for only what is in the folder. */
  readonly name: string;
  /** Whether links in the folder are replaced by what they lead to. */
  readonly follow: boolean;
}

/** Yields an archive of a file or folder. */
export async function* pack({ source, name, follow }: Packed, copied: Copied): AsyncGenerator<Uint8Array> {
  const archive = tar.pack();
  const packing = new Packing(archive, follow, copied);
  const written = packing
    .add(byteName(source), byteName(name), await stat(source))
    .then(() => archive.finalize());
  written.catch((error: unknown) => archive.destroy(error as Error));
  for await (const piece of archive) yield piece as Uint8Array;
  // An archive that tar-stream ends by itself has no error.
  await written;
}

class Packing {
  /** The folders that contain what is being added, without links. */
  readonly #within: ByteName[] = [];

  constructor(
    private readonly archive: Pack,
    private readonly follow: boolean,
    private readonly copied: Copied,
  ) {}

  async add(source: ByteName, name: ByteName, info: Stats): Promise<void> {
    const { mtime, size } = info;
    const header = { name, mtime, mode: info.mode & MODE };
    if (info.isDirectory()) return await this.#folder(source, name, header);
    if (info.isSymbolicLink())
      await added(this.archive, {
        ...header,
        type: 'symlink',
        linkname: byteName(await readlink(nameBytes(source), { encoding: 'buffer' })),
      });
    else if (info.isFile()) {
      // A file that grows meanwhile is copied up to the size that it had.
      const content = size === 0 ? Readable.from([]) : createReadStream(nameBytes(source), { end: size - 1 });
      let sent = 0;
      content.on('data', (piece: Uint8Array) => (sent += piece.length));
      let unread: Error | undefined;
      content.on('error', (error: Error) => (unread = error));
      await added(this.archive, { ...header, type: 'file', size }, content).catch((error: unknown) => {
        if (unread !== undefined) throw unread;
        if (sent === size) throw error;
        throw new Failure(`${nameText(source)} became shorter while it was copied: the copy is incomplete`);
      });
      this.copied.bytes += size;
    } else {
      this.copied.skipped.push(`${nameText(source)} is not a file, folder or link`);
      return;
    }
    this.copied.files += 1;
  }

  async #folder(source: ByteName, name: ByteName, header: Pick<Header, 'mtime' | 'mode'>): Promise<void> {
    const place = nameBytes(source);
    const folder = this.follow ? byteName(await realpath(place, { encoding: 'buffer' })) : source;
    if (this.#within.includes(folder)) {
      this.copied.skipped.push(`${nameText(source)} is a link to a folder that contains it`);
      return;
    }
    if (name !== '') await added(this.archive, { ...header, name: `${name}/`, type: 'directory' });
    this.#within.push(folder);
    for (const each of (await readdir(place, { encoding: 'buffer' })).map(byteName).sort()) {
      const file = path.join(source, each);
      const info = await this.#info(file);
      if (info !== undefined) await this.add(file, name === '' ? each : `${name}/${each}`, info);
    }
    this.#within.pop();
  }

  async #info(file: ByteName): Promise<Stats | undefined> {
    if (!this.follow) return await lstat(nameBytes(file));
    try {
      return await stat(nameBytes(file));
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'ELOOP')) throw error;
      this.copied.skipped.push(`${nameText(file)} is a link that leads nowhere`);
      return undefined;
    }
  }
}

async function added(
  archive: Pack,
  header: Partial<Omit<Header, 'linkname'>> & { readonly name: ByteName; readonly linkname?: ByteName },
  content?: Readable,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const entry = archive.entry(entryHeader(archive, header), (error) => (error ? reject(error) : resolve()));
    if (content !== undefined) pipeline(content, entry).catch(reject);
  });
}

/** Does not end the content when its reader fails: tar-stream never reports that end, so the copy would wait for it. */
async function* piecesOf(content: Readable): AsyncGenerator<Uint8Array> {
  const pieces = (content as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  for (let each = await pieces.next(); each.done !== true; each = await pieces.next()) yield each.value;
}

/** Adds the path to an error that has none, such as that of a full disk. */
function withPath(error: unknown, file: Buffer): unknown {
  if (!(error instanceof Error && 'code' in error) || 'path' in error) return error;
  return new Failure(`the copy is incomplete: ${nameText(byteName(file))}: ${error.message}`);
}

function refuseFolder(file: Buffer): (error: unknown) => never {
  return (error) => {
    if (hasCode(error, 'EISDIR', 'EPERM'))
      throw new Failure(`${nameText(byteName(file))} is a folder here, but not in the task`);
    throw error;
  };
}
