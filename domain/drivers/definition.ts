import { z } from 'zod';

/** Declares a driver's name and the schema of its tasks' `config`. The code that runs the tasks is in the agent only. */
export interface DriverDefinition<Config = unknown> {
  readonly name: string;
  readonly config: z.ZodType<Config>;
  /** What a task returns in addition to its exit code: an object of at most {@link MAX_RESULT_BYTES} as JSON. Absent if it returns nothing else. */
  readonly result?: z.ZodType<Readonly<Record<string, unknown>>>;
}

export const MAX_RESULT_BYTES = 131_072;

export const driverName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,31}$/, 'must match [a-z][a-z0-9_-]{0,31}')
  .meta({ description: 'Driver that runs the task', examples: ['exec'] });
