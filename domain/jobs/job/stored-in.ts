import { z } from 'zod';

const revision = z.number().int().nonnegative();

/** References to long texts of a scheduled task, which are not repeated in the job of each run: revisions of the stream `task-<task>`. */
export const storedIn = z.strictObject({
  task: z.number().int().positive(),
  /** The event that holds the sealed environment. Variables of the job's own `sealed_env` take precedence. */
  environment: revision.optional(),
  program: revision.optional(),
});
export type StoredIn = z.infer<typeof storedIn>;

interface Grouped {
  readonly task_groups: readonly {
    readonly tasks: readonly { readonly stored_in?: StoredIn | undefined }[];
  }[];
}

export function usesStored({ task_groups: groups }: Grouped): boolean {
  return groups.some(({ tasks }) => tasks.some(({ stored_in }) => stored_in !== undefined));
}
