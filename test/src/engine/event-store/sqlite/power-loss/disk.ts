import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operation } from './operation.js';

/** Which of the unsynced writes a power cut loses. */
export type Loss = 'all' | 'none' | 'behind' | 'any' | 'torn';

export const LOSSES: readonly Loss[] = ['all', 'none', 'behind', 'any', 'torn'];

const SECTOR = 512;

/** Bytes that can grow without being copied each time. */
class Content {
  #bytes = Buffer.alloc(0);
  #size = 0;

  apply({ kind, offset, bytes }: Operation): this {
    if (kind === 'truncate') this.#resize(offset);
    else if (kind === 'write') {
      this.#resize(Math.max(this.#size, offset + bytes.length));
      bytes.copy(this.#bytes, offset);
    }
    return this;
  }

  /** Returns a copy with the operations applied. */
  with(operations: readonly Operation[]): Content {
    if (operations.length === 0) return this;
    const copy = new Content();
    copy.#bytes = Buffer.from(this.bytes);
    copy.#size = this.#size;
    for (const operation of operations) copy.apply(operation);
    return copy;
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  #resize(size: number): void {
    if (size > this.#bytes.length) this.#bytes = Buffer.concat([this.bytes], size * 2);
    if (size < this.#size) this.#bytes.fill(0, size, this.#size);
    this.#size = size;
  }
}

interface DiskFile {
  readonly durable: Content;
  pending: Operation[];
}

/** A disk that tracks which writes a sync has covered. It treats directory entries as durable at once. */
export class Disk {
  readonly #files = new Map<string, DiskFile>();

  run(operation: Operation): void {
    const file = this.#open(operation.file);
    switch (operation.kind) {
      case 'write':
      case 'truncate':
        file.pending.push(operation);
        return;
      case 'sync':
        for (const covered of file.pending) file.durable.apply(covered);
        file.pending = [];
        return;
      case 'unlink':
        this.#files.delete(operation.file);
        return;
    }
  }

  /** Everything that was written to a file, whether it would survive or not. */
  written(name: string): Buffer {
    const file = this.#files.get(name);
    return file === undefined ? Buffer.alloc(0) : file.durable.with(file.pending).bytes;
  }

  /** Writes the files as a power cut now would leave them. `random` returns a number below its argument. */
  cut(directory: string, names: readonly string[], loss: Loss, random: (below: number) => number): void {
    for (const name of names) {
      const file = this.#files.get(name);
      if (file === undefined) continue;
      writeFileSync(join(directory, name), file.durable.with(survivors(file.pending, loss, random)).bytes);
    }
  }

  #open(name: string): DiskFile {
    let file = this.#files.get(name);
    if (file === undefined) this.#files.set(name, (file = { durable: new Content(), pending: [] }));
    return file;
  }
}

function survivors(
  pending: readonly Operation[],
  loss: Loss,
  random: (below: number) => number,
): readonly Operation[] {
  switch (loss) {
    case 'all':
      return [];
    case 'none':
      return pending;
    case 'behind':
      return pending.slice(0, random(pending.length + 1));
    case 'any':
      return pending.filter(() => random(2) === 0);
    case 'torn': {
      const kept = pending.slice(0, random(pending.length + 1));
      const last = kept.pop();
      if (last === undefined || last.kind !== 'write') return kept;
      const sectors = Math.ceil(last.bytes.length / SECTOR);
      return [...kept, { ...last, bytes: last.bytes.subarray(0, random(sectors) * SECTOR) }];
    }
  }
}
