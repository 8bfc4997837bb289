import { z } from 'zod';
import { logType } from '#domain/protocol/index.js';

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');
const seconds = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,9})?$/, 'must be Unix seconds')
  .transform(Number)
  .optional();

export const logQuery = z.strictObject({
  task: z.string().max(64).optional(),
  type: logType,
  follow: flag,
  timestamps: flag,
  tail: z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number of lines')
    .transform(Number)
    .optional(),
  since: seconds,
  until: seconds,
});
