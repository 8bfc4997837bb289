import { z } from 'zod';
import { DEFAULT_LOG_BOUNDS, type LogBounds } from '#agents/logs/rotated-log.js';
import { DEFAULT_RETENTION, type Retention } from '#agents/runner/retention.js';

export interface LogSettings {
  readonly bounds: LogBounds;
  readonly retention: Retention;
}

const MEBIBYTE = 1_048_576;
const SECONDS_PER_HOUR = 3600;

export const logVariables = {
  MUSTER_LOG_STREAM_MIB: z.coerce.number().int().min(1).max(1_048_576).optional(),
  MUSTER_LOG_KEEP_COUNT: z.coerce.number().int().min(0).max(100_000).optional(),
  MUSTER_LOG_KEEP_PER_JOB: z.coerce.number().int().min(0).max(1000).optional(),
  MUSTER_LOG_KEEP_HOURS: z.coerce.number().min(0).max(876_000).optional(),
  MUSTER_LOG_KEEP_MIB: z.coerce.number().int().min(0).max(1_073_741_824).optional(),
};

type Values = z.output<z.ZodObject<typeof logVariables>>;

export function logSettings(value: Values): LogSettings {
  const { maxFiles } = DEFAULT_LOG_BOUNDS;
  const stream = value.MUSTER_LOG_STREAM_MIB;
  const hours = value.MUSTER_LOG_KEEP_HOURS;
  const mebibytes = value.MUSTER_LOG_KEEP_MIB;
  return {
    bounds:
      stream === undefined
        ? DEFAULT_LOG_BOUNDS
        : { maxFiles, maxBytes: Math.floor((stream * MEBIBYTE) / maxFiles) },
    retention: {
      count: value.MUSTER_LOG_KEEP_COUNT ?? DEFAULT_RETENTION.count,
      perJob: value.MUSTER_LOG_KEEP_PER_JOB ?? DEFAULT_RETENTION.perJob,
      seconds: hours === undefined ? DEFAULT_RETENTION.seconds : hours * SECONDS_PER_HOUR,
      bytes: mebibytes === undefined ? DEFAULT_RETENTION.bytes : mebibytes * MEBIBYTE,
    },
  };
}
