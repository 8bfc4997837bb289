import type { StoredDocument } from '#domain/ports/read-models.js';
import { read } from '#src/surfaces/kit/index.js';

/** A line of a list, and what a list may be asked for by. */
export interface KeptLine {
  readonly status: string;
  readonly json: string;
}

interface Made extends KeptLine {
  /** The document that it was made of. */
  readonly of: string;
}

/** Lines that were made before. What is shown of a document follows from its text: one that has not changed is neither parsed nor shown anew. */
export class LineCache<Document extends { readonly status: string }> {
  readonly #lines = new Map<string, Made>();

  /** `most`: so many are kept; those that were made first go first. */
  constructor(
    private readonly view: (document: Document) => unknown,
    private readonly most: number,
  ) {}

  of(stored: Pick<StoredDocument, 'id' | 'json'>): KeptLine {
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
