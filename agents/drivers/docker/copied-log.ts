import { existsSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { LogOrder, type LogRun } from '../../logs/order.js';
import type { StreamBytes } from './log-frames.js';

const BLOCK = 65_536;
const STREAMS = ['stdout', 'stderr'] as const;

/** Whether a container's log lies in this folder, so that the container is not needed for it. */
export function isCopied(folder: string): boolean {
  return STREAMS.every((stream) => existsSync(path.join(folder, stream)));
}

/** Copies a container's log: each stream into a file, and into a third one the order in which they were written. */
export async function copyLog(frames: AsyncIterable<StreamBytes>, folder: string): Promise<void> {
  const orderFile = path.join(folder, 'order');
  // Of a copy that was broken off.
  await rm(orderFile, { force: true });
  const order = new LogOrder(orderFile);
  const copies: StreamCopy[] = [];
  try {
    for (const stream of STREAMS) copies.push(new StreamCopy(await open(path.join(folder, `${stream}.copy`), 'w', 0o600)));
    let runs: LogRun[] = [];
    const flush = async (): Promise<void> => {
      for (const copy of copies) await copy.flush();
      order.add(runs);
      if (order.isTooLarge) order.compact({ stdout: [], stderr: [] });
      runs = [];
    };
    for await (const { stream, bytes } of frames) {
      const copy = copies[STREAMS.indexOf(stream)];
      copy?.add(bytes);
      if (runs.at(-1)?.stream === stream) runs.pop();
      runs.push({ stream, end: copy?.end ?? 0 });
      if (copies.some(({ isFull }) => isFull)) await flush();
    }
    await flush();
    order.end();
  } finally {
    for (const copy of copies) await copy.close();
  }
  for (const stream of STREAMS) await rename(path.join(folder, `${stream}.copy`), path.join(folder, stream));
}

class StreamCopy {
  end = 0;
  #pieces: Uint8Array[] = [];
  #size = 0;

  constructor(private readonly file: FileHandle) {}

  get isFull(): boolean {
    return this.#size >= BLOCK;
  }

  add(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#size += bytes.length;
    this.end += bytes.length;
  }

  async flush(): Promise<void> {
    await this.file.writeFile(Buffer.concat(this.#pieces));
    this.#pieces = [];
    this.#size = 0;
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}
