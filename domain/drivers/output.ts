import { z } from 'zod';

/** Limit in bytes for both streams together. */
export const MAX_OUTPUT_BYTES = 8192;

/** Requests the end of the task's output as its result. Surfaces set it for work of their accounts. */
export const outputOption = { give_output: z.literal(true).optional() };

/** The end of a process's output, in UTF-8. */
export const processOutput = z.strictObject({
  stdout: z.string(),
  stderr: z.string(),
  last: z.enum(['stdout', 'stderr']),
});
export type ProcessOutput = z.infer<typeof processOutput>;

/** Concatenates both streams, with the one that was written to last at the end. */
export function combinedOutput({ stdout, stderr, last }: ProcessOutput): string {
  const [first, second] = last === 'stderr' ? [stdout, stderr] : [stderr, stdout];
  return first === '' || second === '' || first.endsWith('\n') ? first + second : `${first}\n${second}`;
}
