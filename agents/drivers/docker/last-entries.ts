import type { StreamBytes } from './log-frames.js';

/** So many times more entries are looked at each time that there were too few of the stream among them. */
const MORE = 8;
/** Farther back nothing is looked for. */
const FARTHEST = 1_000_000;

/**
 * How many entries from a log's end have the last `wanted` of one stream among them. Docker counts the entries of both streams before it leaves one out
 * (seen with 20.10 and its driver json-file), so the last ten lines of standard errors may be none.
 *
 * @param read the last so many entries of both streams
 */
export async function entriesWith(
  stream: StreamBytes['stream'],
  wanted: number,
  read: (entries: number) => Promise<AsyncIterable<StreamBytes>>,
  farthest = FARTHEST,
): Promise<number> {
  if (wanted === 0) return 0;
  for (let asked = wanted; ; asked = Math.min(asked * MORE, farthest)) {
    const own: number[] = [];
    let all = 0;
    for await (const { stream: name, begins } of await read(asked)) {
      if (!begins) continue;
      if (name === stream) own.push(all);
      all += 1;
    }
    const first = own.at(-wanted);
    if (first !== undefined) return all - first;
    if (all < asked || asked >= farthest) return asked;
  }
}
