import type { IncomingMessage } from 'node:http';
import type { CallOutput } from './call-output.js';
import { CallError, codeOf } from './reach.js';

/** Maximum size of the stored body, in bytes. The rest is read so that the sender is not cut off, and then dropped. */
export const KEPT_BYTES = 1_048_576;

export async function keepBody(answer: IncomingMessage, output: CallOutput): Promise<boolean> {
  let isWhole = true;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      const part = chunk.subarray(0, KEPT_BYTES - output.length);
      isWhole &&= part.length === chunk.length;
      if (part.length > 0) output.append(part);
    }
  } catch (error) {
    throw new CallError(`its response was cut off after ${output.length} bytes (${codeOf(error)})`, {
      cause: error,
    });
  } finally {
    output.end();
  }
  return isWhole;
}

export function headersOfAnswer({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
