import type { Place } from '#domain/nomad/index.js';

/** Thrown if a text cannot be parsed further. */
export class UnreadableText extends Error {
  constructor(
    readonly place: Place,
    readonly problem: string,
    /** Whether it is a syntax error; otherwise it uses features that are not supported here. */
    readonly syntax: boolean,
  ) {
    super(problem);
  }
}

export const MAX_DEPTH = 32;

export class TextCursor {
  at = 0;
  readonly #lineStarts: number[] = [0];

  constructor(readonly text: string) {
    for (let index = text.indexOf('\n'); index !== -1; index = text.indexOf('\n', index + 1))
      this.#lineStarts.push(index + 1);
  }

  get ended(): boolean {
    return this.at >= this.text.length;
  }

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

  /** Matches a sticky pattern here, and moves after the match. */
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

  deeper(depth: number): number {
    return depth < MAX_DEPTH ? depth + 1 : this.fail(`is more than ${MAX_DEPTH} deep`, { syntax: false });
  }
}
