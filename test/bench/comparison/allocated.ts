/** A span of a process, in milliseconds since it started. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

interface Collection {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

/** As V8 prints it: `[process:isolate] 1234 ms: Scavenge 23.1 (40.2) -> 20.0 (41.0) MB, …`. */
const LINE = /^\[\d+:(0x[0-9a-f]+)[^\]]*\]\s+(\d+) ms: .*?([\d.]+) \([\d.]+\) -> ([\d.]+) \([\d.]+\) MB/;
const MB = 2 ** 20;

/**
 * Reads how much the main thread allocated from the garbage collections that V8 printed: what the heap grew between the end of one and the begin of
 * the next. The first line must be one of the main thread.
 */
export function allocatedBytes(lines: readonly string[]): (span: Span) => number {
  const found = lines.flatMap((line) => {
    const [, isolate, at, before, after] = LINE.exec(line) ?? [];
    return isolate === undefined
      ? []
      : [{ isolate, at: Number(at), before: Number(before), after: Number(after) }];
  });
  const collections: readonly Collection[] = found.filter(({ isolate }) => isolate === found[0]?.isolate);
  return ({ from, to }) => {
    let bytes = 0;
    for (const [index, { at, before }] of collections.entries())
      if (at >= from && at <= to) bytes += (before - (collections[index - 1]?.after ?? before)) * MB;
    return bytes;
  };
}
