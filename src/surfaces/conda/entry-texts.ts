import type { StoredDocument } from '#domain/ports/read-models.js';

/** Environments whose texts are kept: some 4 KB each. */
const KEPT = 4_000;

interface Kept {
  readonly environment: string;
  readonly packages: string;
  readonly text: string;
}

/**
 * What lists say of each environment, as it was said last: the contract gives all of a tenant's at once, with all packages, and most are what they were.
 * To take their documents apart and to write them anew took two thirds of such a list.
 */
export class EntryTexts {
  readonly #kept = new Map<string, Kept>();

  /** The text that is made of the two documents, by `make` where it is not there. */
  of(environment: StoredDocument, packages: StoredDocument, make: () => string): string {
    const known = this.#kept.get(environment.id);
    if (known?.environment === environment.json && known.packages === packages.json) return known.text;
    const text = make();
    this.#kept.delete(environment.id);
    const [oldest] = this.#kept.size >= KEPT ? this.#kept.keys() : [];
    if (oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(environment.id, { environment: environment.json, packages: packages.json, text });
    return text;
  }
}
