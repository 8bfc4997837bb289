import type { StoredDocument } from '#domain/kernel/ports/read-models.js';
import { read } from '#src/http/index.js';

export interface CachedLine {
  readonly status: string;
  readonly json: string;
}

interface Made extends CachedLine {
  readonly of: string;
}

/** Caches list entries by the document's JSON, so unchanged documents are neither parsed nor rendered again. */
export class LineCache<Document extends { readonly status: string }> {
  readonly #lines = new Map<string, Made>();

  constructor(
    private readonly view: (document: Document) => unknown,
    private readonly most: number,
  ) {}

  of(stored: Pick<StoredDocument, 'id' | 'json'>): CachedLine {
    const { id, json: text } = stored;
    const kept = this.#lines.get(id);
    if (kept?.of === text) return kept;
    const document = read<Document>(stored as StoredDocument);
    const line = { status: document.status, json: JSON.stringify(this.view(document)), of: text };
    this.#lines.delete(id);
    const [oldest] = this.#lines.size < this.most ? [] : this.#lines.keys();
    if (oldest !== undefined) this.#lines.delete(oldest);
    this.#lines.set(id, line);
    return line;
  }
}
