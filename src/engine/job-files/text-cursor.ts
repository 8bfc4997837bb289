import type { Place } from '#domain/nomad/index.js';

export class UnreadableText extends Error {
  constructor(
    readonly place: Place,
    readonly problem: string,
    /** True for a syntax error. False if the text uses unsupported features. */
    readonly syntax: boolean,
  ) {
    super(problem);
  }
}

export const MAX_DEPTH = 32;

export class TextCursor {
  at = 0;
  /** Number of values read so far. */
  values = 0;
  readonly #lineStarts: number[] = [0];
  /** The last position whose column was counted, because a file may be one long line with thousands of positions to report. */
  #counted = { start: 0, at: 0, column: 1 };

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
    return { line: low + 1, column: this.#columnOf(this.#lineStarts[low]!, at) };
  }

  /** Counts code points from the start of the line, or from the last counted position if it precedes `at` in the same line. */
  #columnOf(start: number, at: number): number {
    const from =
      this.#counted.start === start && this.#counted.at <= at ? this.#counted : { at: start, column: 1 };
    const column = from.column + [...this.text.slice(from.at, at)].length;
    this.#counted = { start, at, column };
    return column;
  }

  get place(): Place {
    return this.placeOf(this.at);
  }

  fail(problem: string, { at = this.at, syntax = true } = {}): never {
    throw new UnreadableText(this.placeOf(at), problem, syntax);
  }

  deeper(depth: number): number {
    return depth < MAX_DEPTH
      ? depth + 1
      : this.fail(`is nested more than ${MAX_DEPTH} levels deep`, { syntax: false });
  }
}
