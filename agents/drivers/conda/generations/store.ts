import { createHash } from 'node:crypto';
import { lstat, lutimes, mkdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { variables } from '../activation.js';

const note = z.object({ disk: z.number(), variables: variables.optional() });

/** Of a generation that is ready. */
export interface ReadyGeneration {
  /** Where it lies. Its files name this path, so it never moves. */
  readonly prefix: string;
  /** Bytes of its files. */
  readonly disk: number;
  /** What activation sets; undefined: it was made before that was noted. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
}

/**
 * The environments of one tenant on this node. One is built at `<id>`, where it stays, and is ready when the link `<hash>` points there: the link is
 * made last, by a rename. What no link points to is half an environment, or none any more, and is never used.
 */
export class GenerationStore {
  constructor(readonly folder: string) {}

  static of(root: string, tenant: string): GenerationStore {
    return new GenerationStore(path.join(root, createHash('sha256').update(tenant).digest('hex').slice(0, 16)));
  }

  /** Where the environment of a lock is found. */
  link(hash: string): string {
    return path.join(this.folder, hash);
  }

  /** What is known of a ready generation. */
  note(hash: string): string {
    return path.join(this.folder, `${hash}.json`);
  }

  prefix(id: string): string {
    return path.join(this.folder, id);
  }

  /** Files that the build of `<id>` alone needs; gone when it is over. */
  work(id: string): string {
    return path.join(this.folder, 'work', id);
  }

  /** Packages that builds before have unpacked. */
  get packages(): string {
    return path.join(this.folder, 'packages');
  }

  /** What tools that find packages keep of channels and indexes for the next time. */
  get cache(): string {
    return path.join(this.folder, 'index');
  }

  /** Files of generations by their content: equal ones are one on disk. */
  get files(): string {
    return path.join(this.folder, 'files');
  }

  get locks(): string {
    return path.join(this.folder, 'locks');
  }

  /** The generation of that lock; undefined: it is not here, or not ready. */
  async ready(hash: string): Promise<ReadyGeneration | undefined> {
    try {
      const id = await readlink(this.link(hash));
      const { disk, variables } = note.parse(JSON.parse(await readFile(this.note(hash), 'utf8')));
      const prefix = this.prefix(path.basename(id));
      return (await lstat(prefix)).isDirectory() ? { prefix, disk, variables } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Notes that it is used now: what is not for long goes. `now`: milliseconds. */
  async touch(hash: string, now: number): Promise<void> {
    await lutimes(this.link(hash), now / 1000, now / 1000).catch(() => undefined);
  }

  async prepare(): Promise<void> {
    for (const each of [this.folder, path.join(this.folder, 'work'), this.packages, this.files, this.locks]) await mkdir(each, { recursive: true });
  }
}

/** The name of what one task builds: the same for the agent after this one. */
export function buildId(allocationId: string, task: string, action: string): string {
  return createHash('sha256').update(`${allocationId}/${task}/${action}`).digest('hex').slice(0, 12);
}

/** What `<id>` looks like among the other names in the folder. */
export const BUILD_ID = /^[0-9a-f]{12}$/;
