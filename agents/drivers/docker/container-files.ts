import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { access, constants, statfs } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type Docker from 'dockerode';
import { deadline } from '../../platform/clock/system-clock.js';
import { textOf } from '../../platform/files/file-text.js';
import { killOnAbort } from '../../run-program.js';
import { deletedFiles } from '../deleted-files.js';
import type { DiskLimits } from '../disk-watch.js';
import { TASK_PATH } from '../exec/index.js';
import { daemonName } from './container-request.js';
import { openStream } from './daemon-stream.js';

export const FILES_COUNTED = 'docker.files_counted';
export type FilesCounted = 'all' | 'without_volumes';

const COUNT_MS = 30_000;
const BLOCK_BYTES = 512;

/** Returns whether files in volumes can be counted, which requires that the daemon's data directory is readable on this machine. */
export async function filesCounted(rootDirectory: unknown): Promise<FilesCounted> {
  if (typeof rootDirectory !== 'string') return 'without_volumes';
  return (await isReadable(path.join(rootDirectory, 'containers'))) ? 'all' : 'without_volumes';
}

/** A pull that needs more than this of a disk fails because of its image rather than of the node. */
const FULL_BYTES = 268_435_456;

/** Whether the disk of the daemon's data directory is full. False if it is not on this machine. */
export async function isFull(rootDirectory: unknown): Promise<boolean> {
  const disk =
    typeof rootDirectory === 'string' ? await statfs(rootDirectory).catch(() => undefined) : undefined;
  return disk !== undefined && disk.bavail * disk.bsize < FULL_BYTES;
}

async function isReadable(folder: string): Promise<boolean> {
  return await access(folder, constants.R_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

interface Volume {
  readonly name: string;
  readonly source: string;
  /** Where the container has it. */
  readonly destination: string;
}

interface Places {
  readonly own: readonly string[] | undefined;
  /** Named volumes, by their name at the daemon. */
  readonly volumes: ReadonlyMap<string, Volume>;
}

export interface FilesUse {
  /** Disk space of what has a name, in bytes. Undefined if only the daemon can measure it. */
  readonly bytes: number | undefined;
  /** Disk space of deleted files that processes of the container still hold, in bytes. */
  readonly deletedBytes: number;
  readonly files: number;
}

/**
 * Measures what tenants' containers have on the disk. Sparse files count by blocks, as for processes, while the daemon counts their length. Empty files
 * use inodes but no bytes, so they are counted too. If the daemon's data directory is not readable here, the daemon lists the changes of a writable
 * layer, and files in volumes are not counted.
 */
export class ContainerFiles {
  readonly #docker: Docker;
  readonly #life: AbortSignal;

  constructor(docker: Docker, life: AbortSignal) {
    this.#docker = docker;
    this.#life = life;
  }

  async places(containerId: string): Promise<Places> {
    const { GraphDriver, Mounts, HostnamePath } = await this.#docker.getContainer(containerId).inspect();
    // The path contains the container's random id, so it cannot exist in another daemon's directory.
    if (!(await isReadable(path.dirname(HostnamePath)))) return { own: undefined, volumes: new Map() };
    // Only the storage driver overlay2 has this directory.
    const layer = (GraphDriver.Data as { readonly UpperDir?: string } | null | undefined)?.UpperDir;
    const volumes = Mounts.flatMap(({ Type, Name: name, Source: source, Destination: destination }) =>
      Type === 'volume' && name !== undefined ? [{ name, source, destination }] : [],
    );
    const isNamed = ({ name }: Volume): boolean => name.startsWith(daemonName(''));
    const unnamed = volumes.filter((volume) => !isNamed(volume)).map(({ source }) => source);
    return {
      own: layer === undefined ? undefined : [layer, ...unnamed],
      volumes: new Map(volumes.filter(isNamed).map((volume) => [volume.name, volume])),
    };
  }

  async ofContainer(containerId: string, { own, volumes }: Places, most: DiskLimits): Promise<FilesUse> {
    const signal = AbortSignal.any([this.#life, deadline(COUNT_MS)]);
    const inVolume = [...volumes.values()];
    const deleted = await blocksOfDeleted(
      containerId,
      (file) => !inVolume.some((volume) => isBelow(file, volume)),
      signal,
    );
    if (own !== undefined) return await measureTrees(own, deleted, most, signal);
    const files = await countChanges(this.#docker, containerId, most.files, signal);
    return { bytes: undefined, deletedBytes: bytesOf(deleted), files: files + deleted.size };
  }

  async ofVolume(
    containerId: string,
    name: string,
    { volumes }: Places,
    most: DiskLimits,
  ): Promise<FilesUse> {
    const volume = volumes.get(daemonName(name));
    if (volume === undefined) return { bytes: undefined, deletedBytes: 0, files: 0 };
    const signal = AbortSignal.any([this.#life, deadline(COUNT_MS)]);
    const deleted = await blocksOfDeleted(containerId, (file) => isBelow(file, volume), signal);
    return await measureTrees([volume.source], deleted, most, signal);
  }
}

function isBelow(file: string, { destination }: Volume): boolean {
  return file.startsWith(`${destination.replace(/\/+$/, '')}/`);
}

/** Returns the blocks by inode of deleted files that processes of the container hold and whose path matches. */
async function blocksOfDeleted(
  containerId: string,
  matches: (file: string) => boolean,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, number>> {
  // The id is in the name of the container's control group. Processes of a daemon elsewhere are not found.
  const pids = readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && textOf(`/proc/${name}/cgroup`)?.includes(containerId) === true,
  );
  const found = new Map<number, number>();
  for await (const { path: file, stats } of deletedFiles(pids.map(Number))) {
    if (signal.aborted) break;
    if (matches(file)) found.set(stats.ino, stats.blocks);
  }
  return found;
}

function bytesOf(blocks: ReadonlyMap<number, number>): number {
  return [...blocks.values()].reduce((sum, each) => sum + each, 0) * BLOCK_BYTES;
}

/**
 * Measures what is below these directories, until a limit is exceeded or the signal aborts. The task may change the tree in the meantime: `find` does
 * not follow links, stays on one file system, and uses little memory. As a separate process, it does not delay the agent. `deleted`: blocks by inode of
 * files that had no name before, so they are not counted again if they get one.
 */
export function measureTrees(
  folders: readonly string[],
  deleted: ReadonlyMap<number, number>,
  most: DiskLimits,
  signal: AbortSignal,
): Promise<FilesUse> {
  return new Promise((resolve, reject) => {
    const printed = ['-printf', '%i %b %n %y\n'];
    const child = spawn('find', ['-P', ...folders, '-xdev', '-mindepth', '1', ...printed], {
      env: { PATH: TASK_PATH },
      cwd: '/',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    killOnAbort(child, signal);
    const deletedBytes = bytesOf(deleted);
    let blocks = 0;
    let files = deleted.size;
    const add = (line: string): void => {
      const [inode = '', taken, links, type] = line.split(' ');
      if (deleted.has(Number(inode))) return;
      files += 1;
      // All links of a file are in one of these trees, and each gets its share, so that no inodes have to be remembered.
      blocks += type === 'd' ? Number(taken) : Number(taken) / Number(links);
    };
    createInterface({ input: child.stdout }).on('line', (line) => {
      add(line);
      if (files > most.files || blocks * BLOCK_BYTES + deletedBytes > most.bytes) child.kill('SIGKILL');
    });
    child.once('error', reject);
    child.once('close', () =>
      resolve({ bytes: signal.aborted ? undefined : Math.ceil(blocks) * BLOCK_BYTES, deletedBytes, files }),
    );
  });
}

/** This field occurs exactly once in each change. Quotes in names are escaped, so no name contains it. */
const CHANGE = '"Kind":';

export async function countChanges(
  docker: Docker,
  id: string,
  most: number,
  signal: AbortSignal,
): Promise<number> {
  const answer = await openStream(docker, 'GET', `/containers/${id}/changes`, {}, signal);
  let count = 0;
  let rest = '';
  for await (const chunk of answer) {
    const text = rest + (chunk as Buffer).toString('latin1');
    count += text.split(CHANGE).length - 1;
    if (count > most) break;
    const last = text.lastIndexOf(CHANGE);
    const unread = last === -1 ? text : text.slice(last + CHANGE.length);
    rest = unread.slice(-(CHANGE.length - 1));
  }
  return count;
}
