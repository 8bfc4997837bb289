import type { Located } from '#domain/nomad/index.js';
import { TextCursor } from './text-cursor.js';
import { linesOf, readValue } from './values.js';

/** Parses JSON and records the position of each part. Throws `UnreadableText`. */
export function readJson(text: string): Located {
  const cursor = new TextCursor(text, true);
  cursor.match(linesOf(cursor));
  const value = readValue(cursor, 0);
  cursor.match(linesOf(cursor));
  if (!cursor.ended) cursor.fail('is not expected after the JSON value');
  try {
    JSON.parse(text);
  } catch (cause) {
    // HCL permits more, such as a comma after the last item.
    const [, at = '0'] = /at position (\d+)/.exec(String(cause)) ?? [];
    cursor.fail('is not JSON', { at: Number(at) });
  }
  return value;
}
