import type { Place } from '#domain/nomad-job/index.js';

/** Thrown where a text cannot be read on. */
export class UnreadableText extends Error {
  constructor(
    readonly place: Place,
    readonly problem: string,
    /** It is against the rules of its language; otherwise only more than is read here. */
    readonly syntax: boolean,
  ) {
    super(problem);
  }
}

/** Names and values may be so deep in each other. */
export const MAX_DEPTH = 32;

/** Reads a text from its beginning to its end, and knows lines and columns. */
export class TextCursor {
  at = 0;
  readonly #lineStarts: number[] = [0];

  constructor(readonly text: string) {
    for (let index = text.indexOf('\n'); index !== -1; index = text.indexOf('\n', index + 1)) this.#lineStarts.push(index + 1);
  }

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  /** The next character; empty at the end. */
  get next(): string {
    return this.text.charAt(this.at);
  }

  sees(what: string): boolean {
    return this.text.startsWith(what, this.at);
  }

  take(what: string): boolean {
    if (!this.sees(what)) return false;
    this.at += what.length;
    return true;
  }

  /** What a sticky pattern finds here; the cursor stands behind it then. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.text) ?? [];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  placeOf(at: number): Place {
    let [low, high] = [0, this.#lineStarts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#lineStarts[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: [...this.text.slice(this.#lineStarts[low], at)].length + 1 };
  }

  get place(): Place {
    return this.placeOf(this.at);
  }

  fail(problem: string, { at = this.at, syntax = true } = {}): never {
    throw new UnreadableText(this.placeOf(at), problem, syntax);
  }

  /** Fails where it is too deep. */
  deeper(depth: number): number {
    return depth < MAX_DEPTH ? depth + 1 : this.fail(`is more than ${MAX_DEPTH} deep`, { syntax: false });
  }
}
