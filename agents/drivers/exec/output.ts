import { stat } from 'node:fs/promises';
import path from 'node:path';
import { OUTPUT_BYTES, type ProcessOutput } from '#domain/drivers/index.js';
import { endOf, textOfEnd, type LogEnd } from '../../logs/end.js';
import type { RotatedLog } from '../../logs/rotated-log.js';

/** The end of what a task wrote to both streams, within {@link OUTPUT_BYTES}: each has at least half of it, as far as it needs that. Undefined: it wrote nothing. */
export async function outputOf(folder: string, open: (file: string) => RotatedLog): Promise<ProcessOutput | undefined> {
  const [out, err] = [path.join(folder, 'stdout'), path.join(folder, 'stderr')];
  const [outAt, errAt] = await Promise.all([writtenAt(out), writtenAt(err)]);
  const [stdout, stderr] = await Promise.all([endOf(open(out), OUTPUT_BYTES), endOf(open(err), OUTPUT_BYTES)]);
  if (stdout.bytes.length === 0 && stderr.bytes.length === 0) return undefined;
  const last = stderr.bytes.length > 0 && (stdout.bytes.length === 0 || errAt >= outAt) ? 'stderr' : 'stdout';
  const half = OUTPUT_BYTES / 2;
  return {
    stdout: textWithin(stdout, Math.max(half, OUTPUT_BYTES - stderr.bytes.length)),
    stderr: textWithin(stderr, Math.max(half, OUTPUT_BYTES - stdout.bytes.length)),
    last,
  };
}

async function writtenAt(file: string): Promise<number> {
  return await stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

function textWithin({ bytes, cut }: LogEnd, most: number): string {
  return textOfEnd(bytes.subarray(-most), cut || bytes.length > most);
}
