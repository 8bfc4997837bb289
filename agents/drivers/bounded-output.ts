import { MAX_OUTPUT_BYTES, type ProcessOutput } from '#domain/drivers/index.js';
import { textOfEnd, type LogEnd } from '../logs/end.js';

/** Returns the end of each stream, at most {@link MAX_OUTPUT_BYTES} in total. Each stream may use at least half. Undefined if nothing was written. */
export function boundedOutput({
  stdout,
  stderr,
  last,
}: Record<'stdout' | 'stderr', LogEnd> & Pick<ProcessOutput, 'last'>): ProcessOutput | undefined {
  if (stdout.bytes.length === 0 && stderr.bytes.length === 0) return undefined;
  const half = MAX_OUTPUT_BYTES / 2;
  return {
    stdout: textWithin(stdout, Math.max(half, MAX_OUTPUT_BYTES - stderr.bytes.length)),
    stderr: textWithin(stderr, Math.max(half, MAX_OUTPUT_BYTES - stdout.bytes.length)),
    last,
  };
}

function textWithin({ bytes, cut }: LogEnd, most: number): string {
  return textOfEnd(bytes.subarray(-most), cut || bytes.length > most);
}
