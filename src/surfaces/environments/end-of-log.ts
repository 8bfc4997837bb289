const NEWLINE = 10;

export interface EndBounds {
  readonly lines: number;
  readonly bytes: number;
}

/**
 * Returns the end of a log within the limits. If it is incomplete, its first line says so.
 * @param chunks the log, or its last lines: one more than the limit, to detect whether there are more.
 */
export async function endOfLog(
  chunks: AsyncIterable<Uint8Array>,
  { lines, bytes }: EndBounds,
): Promise<string> {
  let end = Buffer.alloc(0);
  let length = 0;
  let newlines = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    newlines += countOf(chunk);
    end = Buffer.concat([end, chunk]);
    if (end.length > 2 * bytes) end = end.subarray(-bytes - 1);
  }
  const moreLines = newlines + (length === 0 || end.at(-1) === NEWLINE ? 0 : 1) > lines;
  const within = end.length > bytes ? wholeEnd(end.subarray(-bytes - 1)) : end;
  const shown = moreLines ? lastLinesOf(within, lines) : within;
  const text = shown.toString('utf8');
  if (moreLines)
    return (
      leftOut(
        within.length < end.length || end.length < length
          ? `all but the last ${shown.length} bytes`
          : `all but the last ${lines} lines`,
      ) + text
    );
  return shown.length === length ? text : leftOut(`${length - shown.length} bytes`) + text;
}

function leftOut(what: string): string {
  return `-- muster: ${what} of this log are left out here --\n`;
}

function countOf(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === NEWLINE) count += 1;
  return count;
}

function wholeEnd(bytes: Buffer): Buffer {
  const newline = bytes.indexOf(NEWLINE);
  if (newline >= 0 && newline < bytes.length - 1) return bytes.subarray(newline + 1);
  let from = 1;
  while (from < 4 && ((bytes[from] ?? 0) & 0xc0) === 0x80) from += 1;
  return bytes.subarray(from);
}

function lastLinesOf(bytes: Buffer, lines: number): Buffer {
  let from = bytes.length;
  for (let left = lines; left > 0 && from > 0; left -= 1)
    from = from < 2 ? 0 : bytes.lastIndexOf(NEWLINE, from - 2) + 1;
  return bytes.subarray(from);
}
