/** Maximum number of lines; the oldest are dropped. */
export const MOST_LINES = 200_000;
/** A longer line is split into pieces of this many characters, so that no single row slows down the page. */
export const LONGEST_LINE = 2000;

/** Splits a streamed log into lines. `\r` overwrites the line, as in a terminal. */
export class LogLines {
  readonly lines: string[] = [];
  /** Number of lines dropped because the maximum was exceeded. */
  dropped = 0;
  #open = '';

  add(text: string): void {
    const parts = (this.#open + text).split('\n');
    this.#open = parts.pop() ?? '';
    for (const part of parts) this.#line(part);
    // A line that never ends would otherwise grow without bound.
    while (this.#open.length > LONGEST_LINE) {
      this.lines.push(overwritten(this.#open.slice(0, LONGEST_LINE)));
      this.#open = this.#open.slice(LONGEST_LINE);
    }
    this.#trim();
  }

  /** Ends the last line if it has no line break. */
  end(): void {
    if (this.#open !== '') this.#line(this.#open);
    this.#open = '';
  }

  #line(part: string): void {
    const line = overwritten(part.endsWith('\r') ? part.slice(0, -1) : part);
    if (line.length <= LONGEST_LINE) this.lines.push(line);
    else
      for (let at = 0; at < line.length; at += LONGEST_LINE)
        this.lines.push(line.slice(at, at + LONGEST_LINE));
  }

  #trim(): void {
    const over = this.lines.length - MOST_LINES;
    if (over <= 0) return;
    this.lines.splice(0, over);
    this.dropped += over;
  }
}

/** Returns the text after the last carriage return, which is what remains visible of a progress bar. */
function overwritten(line: string): string {
  return line.slice(line.lastIndexOf('\r') + 1);
}

/**
 * Returns the places of the lines that contain `search`, ignoring case, or that match it if it is a regular expression between slashes. An expression
 * that is invalid or still incomplete is searched for literally.
 */
export function matchesIn(lines: readonly string[], search: string): readonly number[] {
  const isMatch = matcher(search);
  return lines.flatMap((line, place) => (isMatch(plain(line)) ? [place] : []));
}

function matcher(search: string): (line: string) => boolean {
  const pattern = /^\/(.+)\/$/.exec(search)?.[1];
  if (pattern !== undefined) {
    try {
      const expression = new RegExp(pattern, 'iu');
      return (line) => expression.test(line);
    } catch {
      // The expression is not valid, or not complete yet.
    }
  }
  const words = search.toLowerCase();
  return (line) => line.toLowerCase().includes(words);
}

/** Returns the place after or before another one, from the last back to the first. Starts at the first or the last. */
export function stepThrough(count: number, place: number | undefined, by: 1 | -1): number | undefined {
  if (count === 0) return undefined;
  if (place === undefined) return by === 1 ? 0 : count - 1;
  return (place + by + count) % count;
}

const COLOURS = new RegExp('\\u001b\\[[0-9;]*m', 'g');

function plain(line: string): string {
  return line.includes('\u001b') ? line.replace(COLOURS, '') : line;
}
