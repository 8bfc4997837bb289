import { canonicalJson } from './canonical.js';
import { UuidNamespace } from './name-uuid.js';

const CACHED_TEXTS = 1000;
const CACHED_TEXT_LENGTH = 2000;

/** Name-based UUIDs of values: equal values have equal ids, whatever the order of their members. */
export class ContentNamespace {
  readonly #namespace: UuidNamespace;
  /** Many jobs have identical parts, so results are cached by their JSON. */
  readonly #cached = new Map<string, string>();

  constructor(namespace: string) {
    this.#namespace = new UuidNamespace(namespace);
  }

  /** `suffix` is part of the name and is not encoded. */
  of(value: unknown, suffix = ''): string {
    const text = JSON.stringify(value) + suffix;
    let id = this.#cached.get(text);
    if (id === undefined) {
      id = this.#namespace.of(canonicalJson(value) + suffix);
      if (this.#cached.size >= CACHED_TEXTS) this.#cached.clear();
      if (text.length <= CACHED_TEXT_LENGTH) this.#cached.set(text, id);
    }
    return id;
  }
}
