export * from './image-reference.js';
import { z } from 'zod';
import type { DriverDefinition } from '../definition.js';
import { outputOption, processOutput } from '../output.js';
import { program } from '../program.js';

export const image = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._\-/:@]*$/, 'must be an image reference');

/** Size of `/dev/shm`, in MiB. What is written there counts as memory of the container. */
export const shmSize = z
  .number()
  .int()
  .min(1)
  .max(1_048_576)
  .meta({
    description:
      'Extension. Size of `/dev/shm` of the container, in MiB. What is written there counts as its memory, so it is at most the memory limit. If absent, 64, as Docker has it',
    examples: [1024],
  });

/** Returns why the size of `/dev/shm` contradicts the memory limit, or undefined. Both are in MiB. Without a limit, any size is allowed. */
export function shmProblem(shm: number | undefined, memory: number | undefined): string | undefined {
  return shm === undefined || memory === undefined || memory === 0 || shm <= memory
    ? undefined
    : `must be at most the memory limit (${memory} MiB), because what is written to /dev/shm counts as memory`;
}

const dockerConfig = z.strictObject({
  image,
  command: program.command.optional(),
  args: program.args.optional(),
  work_dir: program.work_dir.optional(),
  user: program.user.optional(),
  tty: z.boolean().optional(),
  open_stdin: z.boolean().optional(),
  shm_size: shmSize.optional(),
  /** Only pulls the image. The task then counts as running until it is stopped, without a container. */
  pull_only: z.literal(true).optional(),
  ...outputOption,
});
export type DockerConfig = z.infer<typeof dockerConfig>;

export const dockerDriver: DriverDefinition<DockerConfig> = {
  name: 'docker',
  config: dockerConfig,
  result: processOutput,
};
