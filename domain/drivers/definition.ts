import { z } from 'zod';

/** What all of Muster knows of a driver: what it is called, and what the `config` of its tasks must be. How it runs them is the agent's to know. */
export interface DriverDefinition<Config = unknown> {
  readonly name: string;
  /** Strict: a key that the driver does not know is refused. */
  readonly config: z.ZodType<Config>;
  /** What a task of it gives back when it ends, besides its exit code; absent: nothing. An object, of at most {@link MAX_RESULT_BYTES} as JSON. */
  readonly result?: z.ZodType<Readonly<Record<string, unknown>>>;
}

/** Of a result as JSON, in UTF-8. An append holds 256 KiB, and sealed it is a third longer. */
export const MAX_RESULT_BYTES = 131_072;

/** A driver as tasks name it and nodes declare it. */
export const driverName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,31}$/, 'must match [a-z][a-z0-9_-]{0,31}')
  .meta({ description: 'Driver that runs the task', examples: ['exec'] });
