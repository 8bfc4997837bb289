import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { MusterError } from '#domain/kernel/errors/index.js';
import { TEXT_BLOB_HASH, MAX_TEXT_BLOB_BYTES } from '#domain/protocol/index.js';

/** Looks up a text blob for nodes by its SHA-256. Returns undefined if this source does not have it. */
export type DocumentSource = (hash: string) => Promise<string | undefined>;

/** Maximum number of cached characters. The cache saves repeated reads for many nodes, or for the pages of one blob. */
const HELD_CHARACTERS = 4_194_304;

export class NodeDocuments {
  readonly #held = new LRUCache<string, string>({
    maxSize: HELD_CHARACTERS,
    sizeCalculation: (text) => 1 + text.length,
  });

  constructor(
    private readonly sources: readonly DocumentSource[],
    private readonly logger: Pick<Logger, 'error'>,
  ) {}

  /** Throws `MUSTER_E_DOCUMENT_NOT_FOUND`, also if the hash is invalid. If no source has the text and one of them failed, throws that error. */
  async read(hash: string): Promise<string> {
    if (!TEXT_BLOB_HASH.test(hash)) throw new MusterError('MUSTER_E_DOCUMENT_NOT_FOUND', { hash: '?' });
    const text = this.#held.get(hash) ?? (await this.#ask(hash));
    if (text === undefined) throw new MusterError('MUSTER_E_DOCUMENT_NOT_FOUND', { hash });
    this.#held.set(hash, text);
    return text;
  }

  async #ask(hash: string): Promise<string | undefined> {
    const failures: unknown[] = [];
    for (const source of this.sources) {
      try {
        const text = await source(hash);
        if (text === undefined) continue;
        const problem = problemOf(text, hash);
        if (problem === undefined) return text;
        // A node would refuse the text anyway. The log entry makes operators aware of it.
        this.logger.error({ code: 'nodes.document.wrong', hash, problem });
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return undefined;
  }
}

function problemOf(text: string, hash: string): string | undefined {
  if (Buffer.byteLength(text) > MAX_TEXT_BLOB_BYTES) return `is larger than ${MAX_TEXT_BLOB_BYTES} bytes`;
  const found = createHash('sha256').update(text).digest('hex');
  return found === hash ? undefined : `has the SHA-256 ${found}`;
}
