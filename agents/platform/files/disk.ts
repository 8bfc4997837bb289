import { fstatSync, writeSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory } from './durable-file.js';
import { hasCode } from '../error-code.js';

export interface DiskFile {
  /** Returns false once the file has been unlinked: anything written after that is lost. */
  hasName(): boolean;
  /** Writes synchronously, because for a few blocks of the page cache this is cheaper than using a thread. */
  writeAt(bytes: Uint8Array, position: number): void;
  /** Resolves when the written bytes and the size are durable. */
  sync(): Promise<void>;
  truncate(bytes: number): Promise<void>;
  close(): Promise<void>;
}

/** The disk that stores the agent's journal. A simulation replaces it with one that loses writes, fails or is full. */
export interface Disk {
  makeFolder(folder: string): Promise<void>;
  list(folder: string): Promise<string[]>;
  read(file: string): Promise<Buffer | undefined>;
  open(file: string): Promise<DiskFile>;
  create(file: string): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  remove(file: string): Promise<void>;
  syncFolder(folder: string): Promise<void>;
}

export const machineDisk: Disk = {
  makeFolder: async (folder) => void (await mkdir(folder, { recursive: true, mode: 0o700 })),
  list: (folder) => readdir(folder),
  read: (file) =>
    readFile(file).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    }),
  open: async (file) => diskFile(await open(file, 'r+')),
  create: async (file) => diskFile(await open(file, 'w', 0o600)),
  rename: (from, to) => rename(from, to),
  remove: (file) => rm(file, { force: true }),
  syncFolder: syncDirectory,
};

export function withoutSync(disk: Disk): Disk {
  const unsynced = (file: DiskFile): DiskFile => ({ ...file, sync: async () => undefined });
  return {
    ...disk,
    open: async (file) => unsynced(await disk.open(file)),
    create: async (file) => unsynced(await disk.create(file)),
  };
}

function diskFile(handle: FileHandle): DiskFile {
  return {
    hasName: () => fstatSync(handle.fd).nlink > 0,
    writeAt(bytes, position) {
      for (let from = 0; from < bytes.length;)
        from += writeSync(handle.fd, bytes, from, bytes.length - from, position + from);
    },
    sync: () => handle.datasync(),
    truncate: (bytes) => handle.truncate(bytes),
    close: () => handle.close(),
  };
}

/** Appends bytes whose loss in a crash is harmless. */
export async function appendTo(disk: Disk, file: string, bytes: Uint8Array): Promise<void> {
  const before = await disk.read(file);
  await writing(before === undefined ? disk.create(file) : disk.open(file), (opened) => {
    opened.writeAt(bytes, before?.length ?? 0);
  });
}

/** Replaces a file whose loss in a crash is harmless. */
export async function replace(disk: Disk, file: string, bytes: Uint8Array): Promise<void> {
  await writing(disk.create(file), (opened) => opened.writeAt(bytes, 0));
}

/** Replaces a file. A crash leaves either the old or the new content. Once this has resolved, it is the new content. */
export async function replaceDurably(disk: Disk, file: string, text: string): Promise<void> {
  const draft = `${file}.tmp`;
  await writing(disk.create(draft), async (opened) => {
    opened.writeAt(Buffer.from(text), 0);
    await opened.sync();
  });
  await disk.rename(draft, file);
  await disk.syncFolder(path.dirname(file));
}

async function writing(
  opening: Promise<DiskFile>,
  write: (opened: DiskFile) => void | Promise<void>,
): Promise<void> {
  const opened = await opening;
  try {
    await write(opened);
  } finally {
    await opened.close();
  }
}
