import { stat } from 'node:fs/promises';
import path from 'node:path';
import { MAX_OUTPUT_BYTES, type ProcessOutput } from '#domain/drivers/index.js';
import { endOf } from '../../logs/end.js';
import type { RotatedLog } from '../../logs/rotated-log.js';
import { boundedOutput } from '../bounded-output.js';

export async function outputOf(
  folder: string,
  open: (file: string) => RotatedLog,
): Promise<ProcessOutput | undefined> {
  const [out, err] = [path.join(folder, 'stdout'), path.join(folder, 'stderr')];
  const [outAt, errAt] = await Promise.all([writtenAt(out), writtenAt(err)]);
  const [stdout, stderr] = await Promise.all([
    endOf(open(out), MAX_OUTPUT_BYTES),
    endOf(open(err), MAX_OUTPUT_BYTES),
  ]);
  const last = stderr.bytes.length > 0 && (stdout.bytes.length === 0 || errAt >= outAt) ? 'stderr' : 'stdout';
  return boundedOutput({ stdout, stderr, last });
}

async function writtenAt(file: string): Promise<number> {
  return await stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
