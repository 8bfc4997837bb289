/**
 * The range of positions with the same response: from `from` (inclusive) to `until` (exclusive). If no later change is known, `until` is undefined,
 * and the response is valid up to `known`.
 */
export interface Span {
  readonly from: bigint;
  readonly known: bigint;
  readonly until: bigint | undefined;
}

/** Enough for scrubbing through time. More would only use memory. */
const MOST_ANSWERS = 500;

export function holds({ from, known, until }: Span, position: bigint): boolean {
  return position >= from && (until === undefined ? position <= known : position < until);
}

/** Caches responses by path and range, so moving within a range requires no request. */
export class SpanCache<Answer> {
  readonly #entries: { readonly path: string; readonly span: Span; readonly answer: Answer }[] = [];

  get(path: string, at: string): Answer | undefined {
    if (!/^\d+$/.test(at)) return undefined;
    const position = BigInt(at);
    return this.#entries.find((each) => each.path === path && holds(each.span, position))?.answer;
  }

  add(path: string, span: Span, answer: Answer): void {
    this.#entries.unshift({ path, span, answer });
    this.#entries.length = Math.min(this.#entries.length, MOST_ANSWERS);
  }

  clear(): void {
    this.#entries.length = 0;
  }
}
