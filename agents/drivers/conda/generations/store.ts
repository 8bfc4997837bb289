import { createHash } from 'node:crypto';
import { lstat, lutimes, mkdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { variables } from '../activation.js';

const note = z.object({ disk: z.number(), variables: variables.optional() });

export interface ReadyGeneration {
  readonly prefix: string;
  readonly disk: number;
  readonly variables?: Readonly<Record<string, string>> | undefined;
}

/**
 * The environments of one tenant on this node. An environment is built at `<id>` and is never moved. It is ready once the link `<hash>` points to it,
 * which an atomic rename creates last. Environments without a link are incomplete or obsolete, and are never used.
 */
export class GenerationStore {
  constructor(readonly folder: string) {}

  static of(root: string, tenant: string): GenerationStore {
    return new GenerationStore(
      path.join(root, createHash('sha256').update(tenant).digest('hex').slice(0, 16)),
    );
  }

  link(hash: string): string {
    return path.join(this.folder, hash);
  }

  note(hash: string): string {
    return path.join(this.folder, `${hash}.json`);
  }

  prefix(id: string): string {
    return path.join(this.folder, id);
  }

  work(id: string): string {
    return path.join(this.folder, 'work', id);
  }

  get packages(): string {
    return path.join(this.folder, 'packages');
  }

  get cache(): string {
    return path.join(this.folder, 'index');
  }

  /** Files of generations by content, so that equal files are stored only once. */
  get files(): string {
    return path.join(this.folder, 'files');
  }

  get locks(): string {
    return path.join(this.folder, 'locks');
  }

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

  async touch(hash: string, now: number): Promise<void> {
    await lutimes(this.link(hash), now / 1000, now / 1000).catch(() => undefined);
  }

  async prepare(): Promise<void> {
    for (const each of [this.folder, path.join(this.folder, 'work'), this.packages, this.files, this.locks])
      await mkdir(each, { recursive: true });
  }
}

/** Derives a build's name from its task, so that a later agent can find the build. */
export function buildId(allocationId: string, task: string, action: string): string {
  return createHash('sha256').update(`${allocationId}/${task}/${action}`).digest('hex').slice(0, 12);
}

export const BUILD_ID = /^[0-9a-f]{12}$/;
