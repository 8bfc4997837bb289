import path from 'node:path';
import { machineDisk, type Disk, type DiskFile } from '#agents/platform/files/disk.js';

export type Sync = (file: DiskFile) => Promise<void>;

/** The machine's disk, except that each sync of a file goes through `sync`. */
export function diskWithSync(sync: Sync): Disk {
  const through = (file: DiskFile): DiskFile => ({ ...file, sync: () => sync(file) });
  return {
    ...machineDisk,
    open: async (file) => through(await machineDisk.open(file)),
    create: async (file) => through(await machineDisk.create(file)),
  };
}

interface Content {
  bytes: Buffer;
  synced: Buffer;
}

/** A disk in memory. A crash loses what was not synced, file names as well as contents. */
export class MemoryDisk implements Disk {
  #names = new Map<string, Content>();
  #syncedNames = new Map<string, Content>();

  crash(): void {
    this.#names = new Map(this.#syncedNames);
    for (const content of this.#names.values()) content.bytes = content.synced;
  }

  makeFolder = async (): Promise<void> => undefined;

  list = async (folder: string): Promise<string[]> =>
    [...this.#names.keys()]
      .filter((file) => path.dirname(file) === folder)
      .map((file) => path.basename(file));

  read = async (file: string): Promise<Buffer | undefined> => this.#names.get(file)?.bytes;

  async open(file: string): Promise<DiskFile> {
    const content = this.#names.get(file);
    if (content === undefined) throw Object.assign(new Error(`no file ${file}`), { code: 'ENOENT' });
    return this.#opened(content);
  }

  async create(file: string): Promise<DiskFile> {
    const content = this.#names.get(file) ?? { bytes: Buffer.alloc(0), synced: Buffer.alloc(0) };
    content.bytes = Buffer.alloc(0);
    this.#names.set(file, content);
    return this.#opened(content);
  }

  async rename(from: string, to: string): Promise<void> {
    this.#names.set(to, this.#names.get(from)!);
    this.#names.delete(from);
  }

  async remove(file: string): Promise<void> {
    this.#names.delete(file);
  }

  async syncFolder(folder: string): Promise<void> {
    for (const names of [this.#names, this.#syncedNames])
      for (const file of [...names.keys()].filter((each) => path.dirname(each) === folder)) {
        const content = this.#names.get(file);
        if (content === undefined) this.#syncedNames.delete(file);
        else this.#syncedNames.set(file, content);
      }
  }

  #opened(content: Content): DiskFile {
    return {
      hasName: () => [...this.#names.values()].includes(content),
      writeAt(bytes, position) {
        const size = Math.max(content.bytes.length, position + bytes.length);
        const next = Buffer.alloc(size);
        content.bytes.copy(next);
        next.set(bytes, position);
        content.bytes = next;
      },
      async sync() {
        content.synced = content.bytes;
      },
      async truncate(bytes) {
        content.bytes = content.bytes.subarray(0, bytes);
      },
      close: async () => undefined,
    };
  }
}
