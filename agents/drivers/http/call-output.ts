import { isUtf8 } from 'node:buffer';
import { closeSync, openSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { MAX_OUTPUT_BYTES } from '#domain/drivers/index.js';
import { makeFolder, PASSABLE, PRIVATE } from '../../platform/files/folder.js';
import { textOfEnd } from '../../logs/end.js';
import type { LogExtent, LogSource } from '../../logs/log-source.js';
import { RotatedLog } from '../../logs/rotated-log.js';

export class CallOutput implements LogSource {
  #bytes: Buffer;
  #descriptor: number | undefined;
  #file: RotatedLog | undefined;
  #length: number;

  constructor(
    private readonly file: string,
    text = '',
  ) {
    this.#bytes = Buffer.from(text);
    this.#length = this.#bytes.length;
  }

  get length(): number {
    return this.#length;
  }

  append(part: Buffer): void {
    this.#length += part.length;
    if (this.#descriptor === undefined) {
      this.#bytes = Buffer.concat([this.#bytes, part]);
      if (this.#length > MAX_OUTPUT_BYTES) this.#toFile();
      return;
    }
    // For one block of the page cache, a synchronous write is cheaper than using a thread.
    writeSync(this.#descriptor, part);
    this.#bytes = Buffer.concat([this.#bytes, part]).subarray(-MAX_OUTPUT_BYTES);
  }

  end(): void {
    if (this.#file === undefined && !isUtf8(this.#bytes)) this.#toFile();
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  short(): string | undefined {
    return this.#file === undefined ? this.#bytes.toString() : undefined;
  }

  tail(): string {
    return textOfEnd(this.#bytes, this.#length > MAX_OUTPUT_BYTES);
  }

  async text(): Promise<string> {
    return this.short() ?? (await readFile(this.file, 'utf8'));
  }

  extent(): LogExtent {
    return this.#file?.extent() ?? { end: this.#length, gaps: [] };
  }

  async read(position: number, limit?: number): Promise<{ position: number; bytes: Buffer }> {
    if (this.#file !== undefined) return await this.#file.read(position, limit);
    return {
      position,
      bytes: this.#bytes.subarray(position, limit === undefined ? undefined : position + limit),
    };
  }

  #toFile(): void {
    const logs = path.dirname(this.file);
    for (const folder of [path.dirname(path.dirname(logs)), path.dirname(logs)]) makeFolder(folder, PASSABLE);
    makeFolder(logs, PRIVATE);
    this.#descriptor = openSync(this.file, 'a', 0o600);
    writeSync(this.#descriptor, this.#bytes);
    this.#file = new RotatedLog(this.file);
    this.#bytes = this.#bytes.subarray(-MAX_OUTPUT_BYTES);
  }
}
