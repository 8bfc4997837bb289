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

const dockerConfig = z.strictObject({
  image,
  command: program.command.optional(),
  args: program.args.optional(),
  work_dir: program.work_dir.optional(),
  user: program.user.optional(),
  tty: z.boolean().optional(),
  open_stdin: z.boolean().optional(),
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
