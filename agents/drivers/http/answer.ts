import type { IncomingMessage } from 'node:http';
import { closeSync, openSync, writeSync } from 'node:fs';
import { OUTPUT_BYTES } from '#domain/drivers/index.js';
import { textOfEnd } from '../../logs/end.js';
import { CallError, codeOf } from './reach.js';

/** Of a body; what is longer is read to its end, so that nobody is cut off who writes, and dropped. */
export const KEPT_BYTES = 1_048_576;

/** What was kept of an answer's body. */
export interface KeptBody {
  readonly bytes: number;
  readonly isWhole: boolean;
  /** The end of what was kept, as UTF-8. */
  readonly tail: string;
}

/** Reads the body of an answer into a file, as it comes. */
export async function keepBody(answer: IncomingMessage, file: string): Promise<KeptBody> {
  let descriptor: number | undefined;
  let bytes = 0;
  let isWhole = true;
  let tail = Buffer.alloc(0);
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      const part = chunk.subarray(0, KEPT_BYTES - bytes);
      isWhole &&= part.length === chunk.length;
      if (part.length === 0) continue;
      // A block of the page cache: handing it to a thread costs more than writing it.
      descriptor ??= openSync(file, 'a', 0o600);
      writeSync(descriptor, part);
      bytes += part.length;
      tail = Buffer.concat([tail, part]).subarray(-OUTPUT_BYTES);
    }
  } catch (error) {
    throw new CallError(`its answer broke off after ${bytes} bytes (${codeOf(error)})`, { cause: error });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
  return { bytes, isWhole, tail: textOfEnd(tail, bytes > OUTPUT_BYTES) };
}

/** Its headers, several of one name by commas. */
export function headersOfAnswer({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]));
}
