import { z } from 'zod';

/** Of both streams together. */
export const MAX_OUTPUT_BYTES = 8192;

/** Asks a driver to give back the end of what its task writes: a surface says it of what its accounts run. */
export const outputOption = { give_output: z.literal(true).optional() };

/** The end of what a process wrote, as UTF-8. */
export const processOutput = z.strictObject({
  stdout: z.string(),
  stderr: z.string(),
  /** The stream that was written to last. */
  last: z.enum(['stdout', 'stderr']),
});
export type ProcessOutput = z.infer<typeof processOutput>;

/** Both streams in one text: the one that was written to last is at its end. */
export function combinedOutput({ stdout, stderr, last }: ProcessOutput): string {
  const [first, second] = last === 'stderr' ? [stdout, stderr] : [stderr, stdout];
  return first === '' || second === '' || first.endsWith('\n') ? first + second : `${first}\n${second}`;
}
