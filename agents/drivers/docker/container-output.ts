import { OUTPUT_BYTES, type ProcessOutput } from '#domain/drivers/index.js';
import type { LogEnd } from '../../logs/end.js';
import { givenOutput } from '../given-output.js';
import type { StreamBytes } from './log-frames.js';

/** The end of what a container wrote, from its log as it is read. Undefined: it wrote nothing. */
export async function containerOutput(log: AsyncIterable<StreamBytes>): Promise<ProcessOutput | undefined> {
  const ends: Record<StreamBytes['stream'], LogEnd> = { stdout: NOTHING, stderr: NOTHING };
  let last: StreamBytes['stream'] = 'stdout';
  for await (const { stream, bytes } of log) {
    last = stream;
    ends[stream] = withMore(ends[stream], bytes);
  }
  return givenOutput({ ...ends, last });
}

const NOTHING: LogEnd = { bytes: Buffer.alloc(0), cut: false };

function withMore({ bytes, cut }: LogEnd, more: Uint8Array): LogEnd {
  const all = Buffer.concat([bytes, more]);
  return { bytes: Buffer.from(all.subarray(-OUTPUT_BYTES)), cut: cut || all.length > OUTPUT_BYTES };
}
