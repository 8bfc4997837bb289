import { z } from 'zod';
import type { DriverDefinition } from '../definition.js';
import { outputOption, processOutput } from '../output.js';
import { fitsArgument, runAsFields, program, rejectTwoUsers } from '../program.js';

/** Processes have no terminal and no open standard input. `false` is accepted. Tasks that need either must use a container. */
const none = z.literal(false).optional();

const execConfig = z
  .strictObject({
    /** Runs under `/bin/sh -c`, or under the interpreter of its first line (`#!`), unless `args` is present. */
    command: program.command.refine(...fitsArgument),
    args: program.args.optional(),
    work_dir: program.work_dir.optional(),
    ...runAsFields,
    ...outputOption,
    tty: none,
    open_stdin: none,
  })
  .superRefine(rejectTwoUsers);
export type ExecConfig = z.infer<typeof execConfig>;

export const execDriver: DriverDefinition<ExecConfig> = {
  name: 'exec',
  config: execConfig,
  result: processOutput,
};
