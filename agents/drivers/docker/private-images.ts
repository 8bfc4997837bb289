import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeFileDurably } from '../../journal/durable-file.js';

/** Tenants by the id of an image. */
const written = z.record(z.string(), z.array(z.string()));

/** The oldest go beyond it. */
const MOST_IMAGES = 10_000;

/**
 * Which images were pulled with a credential, and for whom. The daemon gives an image that it has to everybody: another tenant has to show its
 * registry a credential of its own first.
 */
export class PrivateImages {
  #known: Promise<Map<string, Set<string>>> | undefined;

  /** `file`: where it is kept; absent: in memory alone. */
  constructor(private readonly file: string | undefined) {}

  /** Whether tasks of the owner may run the image as the daemon has it. */
  async isFor(id: string, owner: string): Promise<boolean> {
    return (await this.#read()).get(id)?.has(owner) ?? true;
  }

  /** It was just pulled for the owner. Without a credential anybody can have it. */
  async pulled(id: string, owner: string, withCredential: boolean): Promise<void> {
    const known = await this.#read();
    const owners = known.get(id);
    if (withCredential ? owners?.has(owner) === true : owners === undefined) return;
    if (withCredential) known.set(id, new Set([...(owners ?? []), owner]));
    else known.delete(id);
    for (const oldest of known.keys()) {
      if (known.size <= MOST_IMAGES) break;
      known.delete(oldest);
    }
    if (this.file !== undefined) await writeFileDurably(this.file, JSON.stringify(Object.fromEntries([...known].map(([each, of]) => [each, [...of]]))));
  }

  async #read(): Promise<Map<string, Set<string>>> {
    this.#known ??= this.#load();
    return await this.#known;
  }

  async #load(): Promise<Map<string, Set<string>>> {
    if (this.file === undefined) return new Map();
    let text: string;
    try {
      text = await readFile(this.file, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
      throw error;
    }
    return new Map(Object.entries(written.parse(JSON.parse(text))).map(([id, owners]) => [id, new Set(owners)]));
  }
}
