const NEWLINE = 10;

/** Puts the time at which a line arrived before it, in UTC with milliseconds, or `-` if it is unknown. */
export class LineTimes {
  #isLineStart = true;
  #time: number | undefined;
  #prefix = Buffer.from('- ');

  add(text: Buffer, time: number | undefined): Buffer {
    if (time !== this.#time) {
      this.#time = time;
      this.#prefix = Buffer.from(`${time === undefined ? '-' : new Date(time).toISOString()} `);
    }
    const pieces: Buffer[] = [];
    for (let at = 0; at < text.length;) {
      const end = text.indexOf(NEWLINE, at) + 1 || text.length;
      if (this.#isLineStart) pieces.push(this.#prefix);
      pieces.push(text.subarray(at, end));
      this.#isLineStart = text[end - 1] === NEWLINE;
      at = end;
    }
    return Buffer.concat(pieces);
  }
}
