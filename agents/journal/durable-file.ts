import { open, rename, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

/** Replaces a file as a whole: after this has resolved, any crash leaves the new content; before, the old or the new. */
export async function writeFileDurably(file: string, text: string): Promise<void> {
  const draft = `${file}.tmp`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  await syncDirectory(path.dirname(file));
}

/** Makes names in a directory durable: created, renamed and removed ones. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle: FileHandle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
