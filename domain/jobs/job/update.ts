import { z } from 'zod';

export const DEFAULT_UPDATE = { maxParallel: 1, minHealthySeconds: 5, progressDeadlineSeconds: 300 } as const;

/**
 * Schema of an update policy. `most` is the maximum number of instances. `deadline` and `revert` describe `progress_deadline_seconds` and
 * `auto_revert` in the API.
 */
export function updatePolicy(
  most: number,
  {
    deadline,
    revert,
  }: {
    readonly deadline: string;
    readonly revert: { readonly description: string; readonly default: boolean };
  },
) {
  return z.strictObject({
    max_parallel: z.number().int().min(1).max(most).optional().meta({
      description: 'Number of instances to replace at the same time. Default: 1',
      default: DEFAULT_UPDATE.maxParallel,
    }),
    min_healthy_seconds: z.number().int().min(0).max(3600).optional().meta({
      description: 'Seconds for which an instance must be healthy before the deployment proceeds. Default: 5',
      default: DEFAULT_UPDATE.minHealthySeconds,
    }),
    progress_deadline_seconds: z
      .number()
      .int()
      .min(1)
      .max(86_400)
      .optional()
      .meta({ description: deadline, default: DEFAULT_UPDATE.progressDeadlineSeconds }),
    auto_revert: z.boolean().optional().meta(revert),
  });
}
