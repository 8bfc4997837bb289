import { z } from 'zod';

const revision = z.number().int().nonnegative();

/**
 * Where the log holds texts of a scheduled task that are too long to be repeated in the job of each of its runs: revisions of events in the stream
 * `task-<task>`.
 */
export const storedIn = z.strictObject({
  task: z.number().int().positive(),
  /** The event that holds the sealed environment. A `sealed_env` of the job goes before it, variable by variable. */
  environment: revision.optional(),
  /** The event that holds the command, or the text of the script. */
  program: revision.optional(),
});
export type StoredIn = z.infer<typeof storedIn>;

interface Grouped {
  readonly task_groups: readonly { readonly tasks: readonly { readonly stored_in?: StoredIn | undefined }[] }[];
}

/** Whether something of the specification is held by other events. */
export function usesStored({ task_groups: groups }: Grouped): boolean {
  return groups.some(({ tasks }) => tasks.some(({ stored_in }) => stored_in !== undefined));
}
