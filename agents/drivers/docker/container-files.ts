import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import type Docker from 'dockerode';
import { deadline } from '../../platform/clock/system-clock.js';
import { killOnAbort } from '../../run-program.js';
import { TASK_PATH } from '../exec/index.js';
import { daemonName } from './container-request.js';
import { openStream } from './daemon-stream.js';

export const FILES_COUNTED = 'docker.files_counted';
export type FilesCounted = 'all' | 'without_volumes';

const COUNT_MS = 30_000;

/** Returns whether files in volumes can be counted, which requires that the daemon's data directory is readable on this machine. */
export async function filesCounted(rootDirectory: unknown): Promise<FilesCounted> {
  if (typeof rootDirectory !== 'string') return 'without_volumes';
  return (await isReadable(path.join(rootDirectory, 'containers'))) ? 'all' : 'without_volumes';
}

async function isReadable(folder: string): Promise<boolean> {
  return await access(folder, constants.R_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

interface Places {
  readonly own: readonly string[] | undefined;
  readonly volumes: ReadonlyMap<string, string>;
}

/**
 * Counts the files of tenants' containers, because empty files use inodes but no bytes. If the daemon's data directory is not readable here, the
 * daemon lists the changes of a writable layer, and files in volumes are not counted.
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
    const volumes = Mounts.flatMap(({ Type, Name, Source }) =>
      Type === 'volume' && Name !== undefined ? [[Name, Source] as const] : [],
    );
    const unnamed = volumes.filter(([name]) => !name.startsWith(daemonName('')));
    return {
      own: layer === undefined ? undefined : [layer, ...unnamed.map(([, source]) => source)],
      volumes: new Map(volumes),
    };
  }

  async ofContainer(containerId: string, { own }: Places, most: number): Promise<number> {
    const signal = AbortSignal.any([this.#life, deadline(COUNT_MS)]);
    return own === undefined
      ? await countChanges(this.#docker, containerId, most, signal)
      : await countFiles(own, most, signal);
  }

  async ofVolume(name: string, { volumes }: Places, most: number): Promise<number> {
    const source = volumes.get(daemonName(name));
    if (source === undefined) return 0;
    return await countFiles([source], most, AbortSignal.any([this.#life, deadline(COUNT_MS)]));
  }
}

/**
 * Counts files and directories below these directories, until the limit is exceeded or the signal aborts. The task may change the tree in the
 * meantime: `find` does not follow links, stays on one file system, and uses little memory. As a separate process, it does not delay the agent.
 */
export function countFiles(folders: readonly string[], most: number, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn('find', ['-P', ...folders, '-xdev', '-mindepth', '1', '-printf', 'x'], {
      env: { PATH: TASK_PATH },
      cwd: '/',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    killOnAbort(child, signal);
    let count = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      count += chunk.length;
      if (count > most) child.kill('SIGKILL');
    });
    child.once('error', reject);
    child.once('close', () => resolve(count));
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
