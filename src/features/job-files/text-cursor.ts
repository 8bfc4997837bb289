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

const MAX_DEPTH = 32;

export class TextCursor {
  at = 0;
  /** Number of values read so far. */
  values = 0;
  readonly #lines: Uint32Array;
  readonly #columns: Uint32Array;

  constructor(
    readonly text: string,
    readonly isJson = false,
  ) {
    this.#lines = new Uint32Array(text.length + 1);
    this.#columns = new Uint32Array(text.length + 1);
    for (let [at, line, column] = [0, 1, 1]; at <= text.length; at += 1) {
      [this.#lines[at], this.#columns[at]] = [line, column];
      const unit = text.charCodeAt(at);
      if (unit === 10) [line, column] = [line + 1, 1];
      // Columns are code points, so the second half of a surrogate pair is not counted.
      else if (unit < 0xdc00 || unit > 0xdfff) column += 1;
    }
  }

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  get next(): string {
    return this.text.charAt(this.at);
  }

  get place(): Place {
    return this.placeOf(this.at);
  }

  placeOf(at: number): Place {
    return { line: this.#lines[at] ?? 1, column: this.#columns[at] ?? 1 };
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

  fail(problem: string, { at = this.at, syntax = true } = {}): never {
    throw new UnreadableText(this.placeOf(at), problem, syntax);
  }

  deeper(depth: number): number {
    return depth < MAX_DEPTH
      ? depth + 1
      : this.fail(`is nested more than ${MAX_DEPTH} levels deep`, { syntax: false });
  }
}
