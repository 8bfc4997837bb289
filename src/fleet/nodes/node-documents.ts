import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { MusterError } from '#domain/errors/index.js';
import { DOCUMENT_HASH, MAX_DOCUMENT_BYTES } from '#domain/protocol/index.js';

/** A place where texts are kept for nodes: the text of that SHA-256, undefined where it keeps none. */
export type DocumentSource = (hash: string) => Promise<string | undefined>;

/** Characters that are held, so that many nodes, and the pages of one text, ask a source seldom. */
const HELD_CHARACTERS = 4_194_304;

/** The texts that nodes may fetch, wherever they are kept. */
export class NodeDocuments {
  readonly #held = new LRUCache<string, string>({ maxSize: HELD_CHARACTERS, sizeCalculation: (text) => 1 + text.length });

  constructor(
    private readonly sources: readonly DocumentSource[],
    private readonly logger: Pick<Logger, 'error'>,
  ) {}

  /** Throws `MUSTER_E_DOCUMENT_NOT_FOUND`, also for what is no hash; and what a source throws, where no other has it. */
  async read(hash: string): Promise<string> {
    if (!DOCUMENT_HASH.test(hash)) throw new MusterError('MUSTER_E_DOCUMENT_NOT_FOUND', { hash: '?' });
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
        // A node would refuse it all the same. Here it is seen by who can do something about it.
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
  if (Buffer.byteLength(text) > MAX_DOCUMENT_BYTES) return `is larger than ${MAX_DOCUMENT_BYTES} bytes`;
  const found = createHash('sha256').update(text).digest('hex');
  return found === hash ? undefined : `has the SHA-256 ${found}`;
}
