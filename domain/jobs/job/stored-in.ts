import { z } from 'zod';

/** Maximum length, in characters, of a string that is repeated in each job. For a longer string, a job refers to the event that holds it. */
export const MAX_REPEATED_TEXT = 1024;

const revision = z.number().int().nonnegative();
const parts = {
  environment: revision.optional(),
  program: revision.optional(),
};

/** References to long strings: revisions of the stream `task-<task>` or `service-<service>`. */
export const storedIn = z.union([
  z.strictObject({ task: z.number().int().positive(), ...parts }),
  z.strictObject({ service: z.uuid(), ...parts }),
]);
export type StoredIn = z.infer<typeof storedIn>;
export type StoredInService = Extract<StoredIn, { readonly service: string }>;
