import { z } from 'zod';

/** What all of Muster knows of a driver: what it is called, and what the `config` of its tasks must be. How it runs them is the agent's to know. */
export interface DriverDefinition<Config = unknown> {
  readonly name: string;
  /** Strict: a key that the driver does not know is refused. */
  readonly config: z.ZodType<Config>;
}

/** A driver as tasks name it and nodes declare it. */
export const driverName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,31}$/, 'must match [a-z][a-z0-9_-]{0,31}')
  .meta({ description: 'Driver that runs the task', examples: ['exec'] });
