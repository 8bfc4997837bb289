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
  const [stdout, stderr] = await Promise.all([
    endOf(open(out), MAX_OUTPUT_BYTES),
    endOf(open(err), MAX_OUTPUT_BYTES),
  ]);
  const last =
    stderr.bytes.length > 0 &&
    (stdout.bytes.length === 0 || (open(err).lastTime() ?? 0) >= (open(out).lastTime() ?? 0))
      ? 'stderr'
      : 'stdout';
  return boundedOutput({ stdout, stderr, last });
}
