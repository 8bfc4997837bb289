import { z } from 'zod';

/** Maximum size of both streams together, in bytes. */
export const MAX_OUTPUT_BYTES = 8192;

export const outputOption = { give_output: z.literal(true).optional() };

export const processOutput = z.strictObject({
  stdout: z.string(),
  stderr: z.string(),
  last: z.enum(['stdout', 'stderr']),
});
export type ProcessOutput = z.infer<typeof processOutput>;

export function combinedOutput({ stdout, stderr, last }: ProcessOutput): string {
  const [first, second] = last === 'stderr' ? [stdout, stderr] : [stderr, stdout];
  return first === '' || second === '' || first.endsWith('\n') ? first + second : `${first}\n${second}`;
}
