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

/** A task that runs in a container. */
const dockerConfig = z.strictObject({
  image,
  /** Words for the image's entrypoint, split without a shell. */
  command: program.command.optional(),
  /** Words behind those of the command. */
  args: program.args.optional(),
  work_dir: program.work_dir.optional(),
  user: program.user.optional(),
  /** It has a terminal: its output and its errors are one stream. */
  tty: z.boolean().optional(),
  /** Standard input stays open although nothing comes. */
  open_stdin: z.boolean().optional(),
  ...outputOption,
});
export type DockerConfig = z.infer<typeof dockerConfig>;

export const dockerDriver: DriverDefinition<DockerConfig> = { name: 'docker', config: dockerConfig, result: processOutput };
