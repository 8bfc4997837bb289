import { z } from 'zod';

/** Declares a driver's name and the schema of its tasks' `config`. Only the agent knows how it runs them. */
export interface DriverDefinition<Config = unknown> {
  readonly name: string;
  /** Strict: unknown keys are refused. */
  readonly config: z.ZodType<Config>;
  /** What a task returns in addition to its exit code: an object of at most {@link MAX_RESULT_BYTES} as JSON. Absent: nothing. */
  readonly result?: z.ZodType<Readonly<Record<string, unknown>>>;
}

/** Bytes of a result as JSON in UTF-8. Sealing adds a third, and an append holds 256 KiB. */
export const MAX_RESULT_BYTES = 131_072;

export const driverName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,31}$/, 'must match [a-z][a-z0-9_-]{0,31}')
  .meta({ description: 'Driver that runs the task', examples: ['exec'] });
